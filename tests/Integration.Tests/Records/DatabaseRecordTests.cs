using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Integration.Tests.Prices;
using Coinsphere.Messaging.Worker.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Coinsphere.Messaging.Integration.Tests.Records;

/// <summary>Predictions as PostgreSQL records them.</summary>
public sealed class DatabaseRecordTests : RecordTests
{
    private readonly TestDatabase _database;

    public DatabaseRecordTests() : this(TestDatabase.Unmade())
    {
    }

    private DatabaseRecordTests(TestDatabase database) : base(database, "postgres") => _database = database;

    public override async ValueTask InitializeAsync() => await _database.MakeAsync();

    private protected override Task WritePricesAsync(DatabaseWorker worker, string symbol, Bar[] bars) =>
        worker.Services.GetRequiredService<PriceWriter>().WriteAsync(symbol, bars, DateTimeOffset.UnixEpoch, Cancel);
}
