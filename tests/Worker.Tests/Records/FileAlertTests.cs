namespace Coinsphere.Messaging.Worker.Tests.Records;

/// <summary>Alert rules in a file.</summary>
public sealed class FileAlertTests() : AlertTests(new FileStore());
