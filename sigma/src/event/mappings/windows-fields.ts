/**
 * Names of the data of events of Windows and Sysmon: collectors that do not rename them keep them in
 * one place, under these names.
 */
export const windowsFields: readonly string[] =
  `AccessList AccessMask AccountName Action AdditionalInfo Address AllowedToDelegateTo AppID
   AppName AppVersion Application ApplicationPath Archived AttributeLDAPDisplayName
   AttributeValue AuditPolicyChanges AuditSourceName AuthenticationPackageName Binary
   CallTrace CallerProcessName CallingProcess Caption CertThumbprint ClassName ClientAddress
   ClientInfo ClientProcessId CommandLine Company Configuration ConfigurationFileHash
   Consumer Contents ContextInfo CreationUtcTime CurrentDirectory Data Description
   DestAddress DestPort Destination DestinationHostname DestinationIp DestinationIsIpv6
   DestinationPort DestinationPortName Details Device DeviceDescription DeviceName
   DistinguishedName ElevatedToken EncyptionUsed ErrorCode EventNamespace EventType
   ExceptionCode Feature_Name FileName FileNameBuffer FileVersion Filter FilterName
   FilterOrigin Flags GrandParentImage GrantedAccess HasFullTrust Hash Hashes HiveName ID
   Image ImageLoaded ImageName ImagePath ImpersonationLevel Initiated IntegrityLevel
   IpAddress IpPort IsExecutable IsatapRouter KeyLength Keywords LayerRTID Level
   LmPackageName LocalName LogonGuid LogonId LogonProcessName LogonType MandatoryLabel
   Message ModifyingApplication ModuleName Name NewName NewProcessId NewProcessName
   NewTargetUserName NewTemplateContent NewThreadId NewUacValue NewValue ObjectClass
   ObjectDN ObjectName ObjectServer ObjectType ObjectValueName OldTargetUserName OldUacValue
   OldValue Operation Origin OriginalFileName PackageFullName PackagePath PackageSourceUri
   ParentCommandLine ParentImage ParentProcessGuid ParentProcessId ParentProcessName
   ParentUser Path Payload PipeName PossibleCause PreAuthType PreviousCreationUtcTime
   PrivilegeList ProcessGuid ProcessId ProcessName ProcessNameBuffer ProcessPath Product
   Properties Protocol Provider ProviderContextName QNAME Query QueryName QueryResults
   QueryStatus Reason RelativeTargetName RemoteAddress RemoteName RequestedPolicy
   RestrictedAdminMode RuleName SamAccountName SchemaVersion ScriptBlockText SearchFilter
   ServerAddress ServerName Service ServiceFileName ServiceName ServicePrincipalNames
   ServiceStartType ServiceType Session ShareLocalPath ShareName SidHistory SidList
   Signature SignatureStatus Signed SigningUsed SourceAddress SourceCommandLine
   SourceFilename SourceHostname SourceImage SourceIp SourceIsIpv6 SourceName
   SourceParentImage SourcePort SourcePortName SourceProcessGuid SourceProcessId
   SourceThreadId SourceUser StartAddress StartFunction StartModule State Status SubStatus
   SubcategoryGuid SubjectAccountName SubjectDomainName SubjectLogonId SubjectUserName
   SubjectUserSid TargetFilename TargetImage TargetInfo TargetLogonId TargetName
   TargetObject TargetOutboundUserName TargetParentProcessId TargetProcessGuid
   TargetProcessId TargetServerName TargetSid TargetUser TargetUserName TargetUserSid
   TaskContent TaskContentNew TaskName TemplateContent TerminalSessionId ThreatName
   TicketEncryptionType TicketOptions TokenElevationType TransmittedServices Type User
   UserName UtcTime Value Version Workstation WorkstationName param1 param2 param3 payload
   process processPath subjectName`.split(/\s+/)
