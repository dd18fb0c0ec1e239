using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Integration.Tests.Database;
using Coinsphere.Messaging.Integration.Tests.Prices;
using Coinsphere.Messaging.Worker.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Coinsphere.Messaging.Integration.Tests.Records;

/// <summary>Predictions recorded in PostgreSQL, also in the original system's tables.</summary>
public sealed class DatabaseOutcomeTests : OutcomeTests
{
    private readonly TestDatabase _database;

    public DatabaseOutcomeTests() : this(TestDatabase.Unmade())
    {
    }

    private DatabaseOutcomeTests(TestDatabase database) : base(database) => _database = database;

    public override async ValueTask InitializeAsync() => await _database.MakeAsync();

    [Fact]
    public async Task PredictionInTheOriginalTable_IsScoredOnceItsTargetDayHasClosed()
    {
        await _database.ExecuteAsync(OriginalTables.Sql);
        await Prediction_IsScoredOnceItsTargetDayHasClosed();
    }

    [Fact]
    public async Task RowThatItsTableDoesNotTake_HoldsUpNoOther()
    {
        await using var worker = await StartAsync("ETH");
        await RecordAsync(worker, Answer(1, "ETH", LastBar.AddDays(-10), "7d", "bullish"), Answer(2, "ETH", LastBar.AddDays(-11), "7d", "bullish"));
        await _database.ExecuteAsync($"alter table predictions add check (id <> '{Id(1)}' or was_correct is null)");

        Assert.Equal((1, 0), await ScoreAsync(worker));
        Assert.Equal(Id(2), await _database.ValueAsync<string>("select id from predictions where was_correct is not null"));
    }

    [Fact]
    public async Task RowsOfTheOriginalSystem_AreNotOursToScore()
    {
        await _database.ExecuteAsync(OriginalTables.Sql);
        await using var worker = await StartAsync("BTC");
        await _database.ExecuteAsync("update predictions set target_date = '2024-01-05', direction = 'bullish', price_at_prediction = 100");

        Assert.Equal((0, 0), await ScoreAsync(worker));
        var history = await worker.AskAsync<PredictionHistoryRequested, PredictionHistory>(new("BTC"), Endpoints.Records);
        Assert.Equal("6a8b0b544b384f0ba2c40d54a37bb9bd", Assert.Single(history.History).Id);
    }

    private protected override async Task WritePricesAsync(DatabaseWorker worker, string symbol, Bar[] bars)
    {
        await _database.ExecuteAsync($"delete from price_data where token_id in (select id from tokens where symbol = '{symbol}')");
        await worker.Services.GetRequiredService<PriceWriter>().WriteAsync(symbol, bars, DateTimeOffset.UnixEpoch, Cancel);
    }
}
