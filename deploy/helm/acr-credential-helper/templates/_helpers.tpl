{{- define "acr.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "acr.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- $name := include "acr.name" . -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "acr.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "acr.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "acr.selectorLabels" -}}
app.kubernetes.io/name: {{ include "acr.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "acr.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{/* The roles that run as Deployments: a JSON list. In standalone mode one process plays them all. */}}
{{- define "acr.roles" -}}
{{- if eq .Values.mode "standalone" -}}
{{- list "standalone" | toJson -}}
{{- else -}}
{{- concat (list "watcher" "fetcher" "writer") (ternary (list "webhook") (list) .Values.webhook.enabled) | toJson -}}
{{- end -}}
{{- end -}}

{{/* Whether this role answers admission reviews: "true" or "". Takes a list of the root and the role. */}}
{{- define "acr.hasWebhook" -}}
{{- if and (index . 0).Values.webhook.enabled (has (index . 1) (list "standalone" "webhook")) -}}true{{- end -}}
{{- end -}}

{{/* Whether this role talks to the cloud: "true" or "". Takes the role. */}}
{{- define "acr.fetches" -}}
{{- if has . (list "standalone" "fetcher") -}}true{{- end -}}
{{- end -}}

{{/* Name of the ServiceAccount of a role. Takes a list of the root and the role. */}}
{{- define "acr.account" -}}
{{- $root := index . 0 -}}{{- $role := index . 1 -}}
{{- if include "acr.fetches" $role -}}
{{ $root.Values.serviceAccounts.fetcher.name }}
{{- else -}}
{{ include "acr.fullname" $root }}-{{ $role }}
{{- end -}}
{{- end -}}

{{/* Names of the Deployment and of what belongs to it. Takes a list of the root and the role. */}}
{{- define "acr.roleName" -}}
{{- if eq (index . 1) "standalone" -}}
{{ include "acr.fullname" (index . 0) }}
{{- else -}}
{{ include "acr.fullname" (index . 0) }}-{{ index . 1 }}
{{- end -}}
{{- end -}}

{{/* Every name that a Secret of ours can have: a JSON list. */}}
{{- define "acr.secretNames" -}}
{{- $names := list .Values.secrets.name -}}
{{- range $n := untilStep 1 (int .Values.secrets.count) 1 -}}
{{- $names = append $names (printf "%s-%d" $.Values.secrets.name $n) -}}
{{- end -}}
{{- concat $names .Values.secrets.extraNames | uniq | toJson -}}
{{- end -}}

{{/* Secrets of the release's namespace that the configuration names: a JSON list. */}}
{{- define "acr.referencedSecrets" -}}
{{- $names := .Values.configuration.referencedSecrets -}}
{{- $entries := index .Values.configuration.data "acr-registry-info" -}}
{{- if and .Values.configuration.create (kindIs "slice" $entries) -}}
{{- range $entries -}}
{{- if .accessKeySecretRef }}{{- $names = append $names .accessKeySecretRef -}}{{- end -}}
{{- if .pullSecretRef }}{{- $names = append $names .pullSecretRef -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- $names | uniq | toJson -}}
{{- end -}}

{{- define "acr.redisSecret" -}}
{{- if .Values.redis.existingSecret.name -}}
{{ .Values.redis.existingSecret.name }}
{{- else -}}
{{ include "acr.fullname" . }}-redis
{{- end -}}
{{- end -}}

{{- define "acr.sealKeySecret" -}}
{{ .Values.sealKey.existingSecret | default (printf "%s-seal-key" (include "acr.fullname" .)) }}
{{- end -}}

{{- define "acr.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "acr.containerSecurityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/*
Says what to do where an object exists that is not of this release, which Helm would refuse with riddles.
Takes a dict: root, apiVersion, kind, name, hint.
*/}}
{{- define "acr.mustBeFree" -}}
{{- $there := lookup .apiVersion .kind .root.Release.Namespace .name -}}
{{- if $there -}}
{{- $annotations := $there.metadata.annotations | default dict -}}
{{- if ne (index $annotations "meta.helm.sh/release-name" | default "") .root.Release.Name -}}
{{- fail (printf "%s %s/%s exists and does not belong to this release: %s" .kind .root.Release.Namespace .name .hint) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "acr.cleanupHook" -}}
helm.sh/hook: post-delete
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end }}
