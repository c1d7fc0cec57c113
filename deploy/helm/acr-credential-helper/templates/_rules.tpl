{{/*
Which calls each role makes, and no other. A journey runs every role under these rights with the API server's audit log as a witness.

`create` with resourceNames lets a server-side apply through and refuses every POST; `list` and `watch` with resourceNames let a
request through whose fieldSelector is `metadata.name=NAME`. So the helper can read no Secret but its own.
*/}}

{{/* Rights in the whole cluster. Takes a list of the root and the role. */}}
{{- define "acr.clusterRules" -}}
{{- $root := index . 0 -}}{{- $role := index . 1 -}}
{{- $names := include "acr.secretNames" $root -}}
{{- if has $role (list "standalone" "watcher") }}
- apiGroups: ['']
  resources: [namespaces, serviceaccounts]
  verbs: [list, watch]
- apiGroups: ['']
  resources: [secrets]
  resourceNames: {{ $names }}
  verbs: [list, watch]
{{- if $root.Values.repairPods.enabled }}
- apiGroups: ['']
  resources: [pods]
  verbs: [list, watch]
{{- end }}
{{- end }}
{{- if has $role (list "standalone" "writer") }}
- apiGroups: ['']
  resources: [namespaces]
  verbs: [get]
- apiGroups: ['']
  resources: [serviceaccounts]
  verbs: [get, patch]
- apiGroups: ['']
  resources: [secrets]
  resourceNames: {{ $names }}
  verbs: [get, create, patch, delete]
{{- if $root.Values.repairPods.enabled }}
- apiGroups: ['']
  resources: [pods]
  verbs: [get]
- apiGroups: ['']
  resources: [pods/eviction]
  verbs: [create]
{{- end }}
# An Event lies in the namespace that it is about. What happens again is counted on it, by a patch.
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create, patch]
# To write these is to change what every client of the API server writes: only where it is wanted. To look is to know that there is nothing to remove.
- apiGroups: [admissionregistration.k8s.io]
  resources: [mutatingadmissionpolicies, mutatingadmissionpolicybindings]
  resourceNames: [acr-credential-helper, acr-credential-helper-pods]
  verbs: {{ ternary "[get, create, patch, delete]" "[get]" $root.Values.webhook.enabled }}
- apiGroups: [admissionregistration.k8s.io]
  resources: [mutatingwebhookconfigurations, validatingwebhookconfigurations]
  resourceNames: [acr-credential-helper]
  verbs: {{ ternary "[get, create, patch, delete]" "[get]" $root.Values.webhook.enabled }}
{{- end }}
{{- if eq $role "webhook" }}
- apiGroups: ['']
  resources: [namespaces]
  verbs: [list, watch]
{{- end }}
{{- end -}}

{{/* Rights in the namespace of the release. Takes a list of the root and the role. */}}
{{- define "acr.ownRules" -}}
{{- $root := index . 0 -}}{{- $role := index . 1 -}}
{{- $referenced := include "acr.referencedSecrets" $root | fromJsonArray -}}
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create, patch]
{{- if has $role (list "standalone" "watcher") }}
- apiGroups: ['']
  resources: [configmaps]
  resourceNames: [{{ $root.Values.configuration.name }}]
  verbs: [list, watch]
- apiGroups: ['']
  resources: [secrets]
  resourceNames: [acr-credential-helper-last-good]
  verbs: [get, list, create, patch]
{{- with $referenced }}
- apiGroups: ['']
  resources: [secrets]
  resourceNames: {{ toJson . }}
  verbs: [list, watch]
{{- end }}
{{- end }}
{{- if has $role (list "standalone" "fetcher") }}
- apiGroups: ['']
  resources: [secrets]
  # The first is the key pair of a registered (self-built) cluster.
  resourceNames: {{ concat (list "alibaba-addon-secret") $referenced | uniq | toJson }}
  verbs: [get]
{{- end }}
{{- if $root.Values.webhook.enabled }}
{{- if has $role (list "standalone" "writer") }}
- apiGroups: ['']
  resources: [secrets]
  resourceNames: [acr-credential-helper-webhook-certificate]
  verbs: [get, create, patch]
{{- end }}
{{- if has $role (list "standalone" "webhook") }}
- apiGroups: ['']
  resources: [secrets]
  resourceNames: [acr-credential-helper-webhook-certificate]
  verbs: [get, list, watch]
{{- end }}
{{- end }}
{{- end -}}
