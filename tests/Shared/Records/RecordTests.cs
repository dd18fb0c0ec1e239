using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Worker.MarketData.Synthetic;
using Coinsphere.Messaging.Worker.Scheduling;
using Coinsphere.Messaging.Worker.Storage;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Tests;

/// <summary>Predictions as they are recorded, wherever that is.</summary>
public abstract class RecordTests(IRecordsStore store, string dataSource) : IAsyncLifetime
{
    private const string Id = "cdcbdc4aa19d207ab5f5fee340e24155";

    private protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public virtual ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return store.DisposeAsync();
    }

    [Fact]
    public async Task Prediction_IsRecordedWithAllThatIsKnown()
    {
        await using var worker = await DatabaseWorker.StartAsync(store);
        await worker.RecordAsync(new PredictionCompleted(Answer("BTC")));
        await store.UntilAsync("select count(*) = 1 from predictions");

        var history = await worker.AskAsync<PredictionHistoryRequested, PredictionHistory>(new("BTC"), Endpoints.Records);
        Assert.Equal(
            new RecordedPrediction(
                Id, "BTC", "7d", "bearish", 62495.96, 62678.29, 0.421, null, null, null, null, Predictions.Computed, new DateOnly(2024, 7, 7)),
            Assert.Single(history.History));
        var inputs = await RecordedInputs.ReadAsync(worker.Services.GetRequiredService<IRecordsSource>(), Id, Cancel);
        Assert.Equal(
            new RecordedInputs(
                "BTC", "7d", "bearish", 62495.96, 62678.29, new ClassProbabilities(0.420944, 0.20776, 0.371295),
                new Indicators(35.47, "bearish", "increasing", 0.5), "e7670c3c", new(2024, 6, 30), "csv", "neutral", "1f2e", "vector256", null, null, null),
            inputs);
    }

    [Fact]
    public async Task EqualPredictions_AreOneRow_TheFirst()
    {
        await using var worker = await DatabaseWorker.StartAsync(store);
        await worker.RecordAsync(new PredictionCompleted(Answer("ETH")));
        await store.UntilAsync("select count(*) = 1 from predictions");

        await Task.WhenAll(Enumerable.Range(1, 40)
            .Select(i => worker.RecordAsync(new PredictionCompleted(Answer("ETH") with { GeneratedAt = Predictions.Computed.AddMinutes(i) }))));
        await worker.RecordAsync(new PredictionCompleted(Answer("ETH") with { PredictionId = "0" + Id[1..] }));
        await worker.Harness.InactivityTask;

        await store.UntilAsync("select count(*) = 2 from predictions");
        var history = await worker.AskAsync<PredictionHistoryRequested, PredictionHistory>(new("ETH"), Endpoints.Records);
        Assert.Equal([Predictions.Computed, Predictions.Computed], history.History.Select(recorded => recorded.CreatedAt));
    }

    [Fact]
    public async Task ComputedPrediction_IsRecordedUnderItsId()
    {
        await using var worker = await DatabaseWorker.StartAsync(store);
        await WritePricesAsync(worker, "BTC", SyntheticSeries.Generate("BTC", new(2024, 6, 30)));
        var client = worker.Services.GetRequiredService<IBus>().CreateRequestClient<PredictRequested>(Endpoints.Address(Endpoints.Predict));

        var ids = new List<string>();
        foreach (var timeframe in Timeframes.All)
        {
            ids.Add((await client.GetResponse<PredictionAnswer>(new PredictRequested("BTC", timeframe), Cancel)).Message.PredictionId);
        }

        await store.UntilAsync("select count(*) = 3 from predictions");

        Assert.Equal(
            ids.Order(StringComparer.Ordinal),
            (await store.ValueAsync<string>("select string_agg(id, ',' order by id) from predictions"))!.Split(','));
        Assert.Equal(dataSource, await store.ValueAsync<string>("select distinct features ->> 'data_source' from predictions"));
    }

    [Fact]
    public async Task PredictionOfATinyPrice_IsRecordedWhole()
    {
        await using var worker = await DatabaseWorker.StartAsync(store);
        var sound = Answer("BTC");
        await worker.RecordAsync(
            new PredictionCompleted(sound with { Prediction = sound.Prediction with { TargetPrice = 2.01348e-8, CurrentPrice = 1.98465e-8 } }));

        await store.UntilAsync("select exists (select 1 from predictions where predicted_price = 0.0000000201348 and price_at_prediction = 0.0000000198465)");
    }

    [Fact]
    public async Task PredictionsThatLackAValue_AreToldAlone()
    {
        await using var worker = await DatabaseWorker.StartAsync(store);
        var sound = Answer("ETH");
        await Task.WhenAll(
            worker.RecordAsync(new PredictionCompleted(sound with { PredictionId = "no timeframe", Timeframe = "1d" })),
            worker.RecordAsync(new PredictionCompleted(sound with { PredictionId = "no direction", Prediction = sound.Prediction with { Direction = null! } })),
            worker.RecordAsync(new PredictionCompleted(sound with { PredictionId = "whole" })));
        await store.UntilAsync("select count(*) = 1 from predictions");
        await Until.True(() => Faults().Length == 2, "two faults");

        Assert.Equal(["no direction", "no timeframe"], Faults().Order(StringComparer.Ordinal));
        Assert.Equal("whole", await store.ValueAsync<string>("select id from predictions"));

        string[] Faults() =>
            [.. worker.Harness.Published.Select<Fault<PredictionCompleted>>(Cancel).Select(fault => fault.Context.Message.Message.Answer.PredictionId)];
    }

    [Fact]
    public async Task Retention_DeletesWhatIsOlder()
    {
        await using var worker = await DatabaseWorker.StartAsync(store);
        // More than a batch.
        await Task.WhenAll(Enumerable.Range(1, 1200)
            .Select(i => Answer("BTC") with { PredictionId = $"{i:x32}", GeneratedAt = Predictions.Computed.AddDays(-31) })
            .Select(answer => worker.RecordAsync(new PredictionCompleted(answer))));
        await worker.RecordAsync(new PredictionCompleted(Answer("BTC") with { GeneratedAt = Predictions.Computed.AddDays(-29) }));
        await store.UntilAsync("select count(*) = 1201 from predictions");

        using var retention = new RecordRetention(
            worker.Services.GetRequiredService<IRecordsDatabase>(), Options.Create(new RecordsOptions { KeepFor = TimeSpan.FromDays(30) }),
            worker.Services.GetRequiredService<TimeProvider>(), NullLogger<RecordRetention>.Instance);
        await retention.StartAsync(Cancel);
        await store.UntilAsync("select count(*) = 1 from predictions");
        await retention.StopAsync(Cancel);

        Assert.Equal(Id, await store.ValueAsync<string>("select id from predictions"));
    }

    /// <summary>Makes these bars the history of a symbol.</summary>
    private protected abstract Task WritePricesAsync(DatabaseWorker worker, string symbol, Bar[] bars);

    private static PredictionAnswer Answer(string symbol) => Predictions.Answer(symbol, Id);
}
