namespace Coinsphere.Messaging.Worker.Tests.Records;

public sealed class FileAuditTests() : AuditTests(new FileStore());
