"""What gunicorn reads by itself in the folder of the portal, however it is started."""

logger_class = "hrss_portal.audit.weblog.MaskedLogger"
