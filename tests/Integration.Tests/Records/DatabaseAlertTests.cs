namespace Coinsphere.Messaging.Integration.Tests.Records;

/// <summary>Alert rules in PostgreSQL.</summary>
public sealed class DatabaseAlertTests : AlertTests
{
    private readonly TestDatabase _database;

    public DatabaseAlertTests() : this(TestDatabase.Unmade())
    {
    }

    private DatabaseAlertTests(TestDatabase database) : base(database) => _database = database;

    public override async ValueTask InitializeAsync() => await _database.MakeAsync();
}
