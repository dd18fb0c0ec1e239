namespace Coinsphere.Messaging.Integration.Tests.Records;

/// <summary>Alert rules in PostgreSQL.</summary>
public sealed class DatabaseAuditTests : AuditTests
{
    private readonly TestDatabase _database;

    public DatabaseAuditTests() : this(TestDatabase.Unmade())
    {
    }

    private DatabaseAuditTests(TestDatabase database) : base(database) => _database = database;

    public override async ValueTask InitializeAsync() => await _database.MakeAsync();
}
