{{- define "portal.account" -}}
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  fsGroup: 10001
  seccompProfile: {type: RuntimeDefault}
{{- end }}
{{- define "portal.pod" -}}
{{ include "portal.account" . }}
volumes:
  - name: media
    persistentVolumeClaim: {claimName: {{ .Release.Name }}-media}
  - name: static
    emptyDir: {}
  - name: tmp
    emptyDir: {}
{{- end }}
{{- define "portal.container" -}}
image: {{ .Values.image }}
envFrom:
  - secretRef: {name: {{ .Values.environmentSecret }}}
env:
  - {name: MEDIA_ROOT, value: /srv/media}
  - {name: STATIC_ROOT, value: /srv/static}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
volumeMounts:
  - {name: media, mountPath: /srv/media}
  - {name: static, mountPath: /srv/static}
  - {name: tmp, mountPath: /tmp}
{{- end }}
