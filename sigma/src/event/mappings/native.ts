import type { FieldMapping } from '../taxonomy.ts'
import { mappingsFor } from './table.ts'

/**
 * The names that producers themselves write, where public rules use those of some collector: for
 * audit logs of Google Cloud, Microsoft 365 and Azure as they come from the cloud.
 */
export const native: readonly FieldMapping[] = [
  ...mappingsFor([{ product: 'gcp' }], {
    'gcp.audit.method_name': 'protoPayload.methodName',
    'data.protoPayload.methodName': 'protoPayload.methodName',
    'data.protoPayload.serviceName': 'protoPayload.serviceName',
    'data.protoPayload.logName': 'logName',
    'data.protoPayload.resource.type': 'resource.type',
    'data.protoPayload.authorizationInfo.permission': 'protoPayload.authorizationInfo.permission',
    'data.protoPayload.authorizationInfo.granted': 'protoPayload.authorizationInfo.granted',
    'protoPayload.Servicename': 'protoPayload.serviceName',
    eventService: 'protoPayload.serviceName',
    eventName: 'protoPayload.metadata.event.eventName',
  }),
  ...mappingsFor([{ product: 'm365' }], {
    eventSource: 'Workload',
    eventName: 'Operation',
    status: 'ResultStatus',
  }),
  ...mappingsFor([{ product: 'azure' }], {
    operationName: 'OperationName OperationNameValue properties.operationName',
    OperationName: 'operationName properties.operationName',
    OperationNameValue: 'operationName OperationName',
    'properties.message': 'operationName OperationName properties.activityDisplayName',
    ActivityDisplayName: 'properties.activityDisplayName activityDisplayName',
    LoggedByService: 'properties.loggedByService loggedByService',
    Category: 'category properties.category',
    CategoryValue: 'category',
    ResultType: 'resultType',
    resultType: 'ResultType',
    ResultDescription: 'resultDescription',
    ResourceId: 'resourceId',
    AuthenticationRequirement: 'properties.authenticationRequirement',
    userAgent: 'properties.userAgent UserAgent',
    riskEventType: 'properties.riskEventType RiskEventType',
    conditionalAccessStatus: 'properties.conditionalAccessStatus ConditionalAccessStatus',
  }),
]
