using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Integration.Tests.Database;
using Coinsphere.Messaging.Worker.MarketData.Synthetic;
using Coinsphere.Messaging.Worker.Scheduling;
using Coinsphere.Messaging.Worker.Storage;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Integration.Tests.Records;

public sealed class PredictionRecordsTests : IAsyncLifetime
{
    private const string Id = "cdcbdc4aa19d207ab5f5fee340e24155";

    private TestDatabase _database = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Prediction_IsKeptWithAllThatIsKnown(bool original)
    {
        if (original)
        {
            await _database.ExecuteAsync(OriginalTables.Sql);
        }

        await using var worker = await DatabaseWorker.StartAsync(_database);

        await worker.RecordAsync(new PredictionCompleted(Answer("BTC")));
        await _database.UntilAsync($"select exists (select from predictions where replace(id::text, '-', '') = '{Id}')");

        string At(string column) => original ? $"({column} at time zone 'utc')::text as {column}" : $"{column}::text";
        Assert.Equal(
            """
            {"id": "ID", "timeframe": "7d", "predicted_price": 62495.96, "confidence": 0.421, "created_at": "2024-07-01 11:59:58.123",
            "expires_at": "2024-07-01 12:04:58.123",
            "direction": "bearish", "price_at_prediction": 62678.29, "target_price_range": {"low": 59371.17, "high": 65620.76}, "confidence_score": 0.421,
            "model_type": "lstm",
            "ensemble_method": null, "actual_price": null, "outcome_calculated_at": null, "was_correct": null, "accuracy_score": null, "price_error": null,
            "target_date": "2024-07-07 00:00:00"}
            """.Replace("ID", Id, StringComparison.Ordinal).ReplaceLineEndings(" "),
            (await _database.ValueAsync<string>($"""
                select row_to_json(kept)::text from (
                    select replace(id::text, '-', '') as id, timeframe, predicted_price::float8, confidence::float8, {At("created_at")}, {At("expires_at")},
                    direction,
                        price_at_prediction::float8, target_price_range, confidence_score::float8, model_type, ensemble_method, actual_price,
                        outcome_calculated_at,
                        was_correct, accuracy_score, price_error, {At("target_date")}
                    from predictions where model_version = 'v0.9.0') kept
                """))!.Replace("\":", "\": ", StringComparison.Ordinal).Replace(",\"", ", \"", StringComparison.Ordinal).Replace(
            ":  ",
            ": ",
            StringComparison.Ordinal));
        Assert.Equal(
            """{"kernel": "vector256", "data_as_of": "2024-06-30", "indicators": {"rsi": 35.47, "macd": "bearish", "volumeTrend": "increasing","""
                + """ "socialSentiment": 0.5}, "data_source": "csv", "model_digest": "e7670c3c", "inputs_digest": "1f2e", "prediction_id":"""
                + """ "cdcbdc4aa19d207ab5f5fee340e24155", "probabilities": {"bearish": 0.420944, "bullish": 0.371295, "neutral": 0.20776},"""
                + """ "sentiment_source": "neutral"}""",
            await _database.ValueAsync<string>("select features::jsonb::text from predictions where model_version = 'v0.9.0'"));
        Assert.Equal(
            "BTC",
            await _database.ValueAsync<string>("select symbol from tokens join predictions on token_id = tokens.id where model_version = 'v0.9.0'"));
    }

    [Fact]
    public async Task PredictionsThatComeTogether_ShareATransaction_AndOneAtFaultIsToldAlone()
    {
        await using var worker = await DatabaseWorker.StartAsync(_database);
        await worker.RecordAsync(new PredictionCompleted(Answer("ETH")));
        await _database.UntilAsync("select count(*) = 1 from predictions");

        await Task.WhenAll(Enumerable.Range(1, 40).Select(i => worker.RecordAsync(new PredictionCompleted(Answer("ETH") with { PredictionId = $"{i:d32}" }))));
        await _database.UntilAsync("select count(*) = 41 from predictions");
        Assert.InRange(await _database.ValueAsync<long>("select count(distinct xmin::text) from predictions"), 2, 20);

        var sound = Answer("ETH");
        await Task.WhenAll(
            worker.RecordAsync(new PredictionCompleted(sound with { PredictionId = "overflows", Prediction = sound.Prediction with { ConfidenceScore = 12 } })),
            worker.RecordAsync(new PredictionCompleted(sound with { PredictionId = "no number", Prediction = sound.Prediction with { CurrentPrice = 1e30 } })),
            worker.RecordAsync(new PredictionCompleted(sound with { PredictionId = "no timeframe", Timeframe = "1d" })),
            worker.RecordAsync(new PredictionCompleted(sound with { PredictionId = "no direction", Prediction = sound.Prediction with { Direction = null! } })),
            worker.RecordAsync(new PredictionCompleted(sound with { PredictionId = "whole" })));
        await _database.UntilAsync("select exists (select from predictions where id = 'whole')");
        await Until.True(() => Faults().Length == 4, "four faults");

        Assert.Equal(
            ["no direction", "no number", "no timeframe", "overflows"],
            Faults().Select(fault => fault.Message.Answer.PredictionId).Order(StringComparer.Ordinal));
        Assert.Contains(Faults(), fault => fault.Exceptions[0].Message.Contains("numeric field overflow", StringComparison.Ordinal));
        Assert.Equal(42, await _database.ValueAsync<int>("select count(*) from predictions"));

        Fault<PredictionCompleted>[] Faults() =>
            [.. worker.Harness.Published.Select<Fault<PredictionCompleted>>(Cancel).Select(fault => fault.Context.Message)];
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task PredictionOfATinyPrice_IsKeptWhole_OrRefusedByTheOriginalTable(bool original)
    {
        if (original)
        {
            await _database.ExecuteAsync(OriginalTables.Sql);
        }

        await using var worker = await DatabaseWorker.StartAsync(_database);
        var sound = Answer("BTC");
        await worker.RecordAsync(
            new PredictionCompleted(sound with { Prediction = sound.Prediction with { TargetPrice = 2.01348e-8, CurrentPrice = 1.98465e-8 } }));

        if (original)
        {
            await Until.True(() => worker.Harness.Published.Select<Fault<PredictionCompleted>>(Cancel).Any(), "a fault");
            Assert.Equal(
                $"The prediction '{Id}' of BTC is not recorded: its price is 2.01348E-08, expected a number that "
                + "predictions.predicted_price can store within 0.01 %: numeric(18,8) rounds it to 2E-08, numeric without a scale would not "
                + "(Parameter 'answer')",
                worker.Harness.Published.Select<Fault<PredictionCompleted>>(Cancel).First().Context.Message.Exceptions[0].Message);
        }
        else
        {
            await _database.UntilAsync(
                "select exists (select from predictions where predicted_price = 0.0000000201348 and price_at_prediction = 0.0000000198465)");
        }
    }

    [Fact]
    public async Task Retention_DeletesOldPredictionsOfOurs()
    {
        await _database.ExecuteAsync(OriginalTables.Sql);
        await using var worker = await DatabaseWorker.StartAsync(_database);
        await worker.RecordAsync(new PredictionCompleted(Answer("BTC") with { GeneratedAt = Predictions.Computed.AddDays(-31) }));
        await worker.RecordAsync(new PredictionCompleted(Answer("BTC") with { PredictionId = "0" + Id[1..], GeneratedAt = Predictions.Computed.AddDays(-29) }));
        await _database.UntilAsync("select count(*) = 3 from predictions");
        // More than a batch.
        await _database.ExecuteAsync("""
            insert into predictions (id, token_id, timeframe, predicted_price, confidence, model_version, features, expires_at, created_at)
            select id, 'ckxyz1', '7d', 1, 0.5, 'v', jsonb_build_object('prediction_id', replace(id::text, '-', '')), now(), '2024-05-01'
            from (select gen_random_uuid() as id from generate_series(1, 2500)) ids
            """);
        using var retention = new RecordRetention(
            worker.Services.GetRequiredService<IRecordsDatabase>(), Options.Create(new RecordsOptions { KeepFor = TimeSpan.FromDays(30) }),
            worker.Services.GetRequiredService<TimeProvider>(), NullLogger<RecordRetention>.Instance);
        await retention.StartAsync(Cancel);
        await _database.UntilAsync("select count(*) = 2 from predictions");
        await retention.StopAsync(Cancel);

        Assert.Equal("old,v0.9.0", await _database.ValueAsync<string>("select string_agg(model_version, ',' order by model_version) from predictions"));
    }

    private static PredictionAnswer Answer(string symbol) => Predictions.Answer(symbol, Id);
}
