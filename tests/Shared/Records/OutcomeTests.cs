using System.Globalization;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Accuracy;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Checkpoints.Pickle;
using Coinsphere.Messaging.Worker;
using Coinsphere.Messaging.Worker.MarketData.Synthetic;
using Coinsphere.Messaging.Worker.Scheduling;
using Coinsphere.Messaging.Worker.Storage;
using Coinsphere.Messaging.Worker.Training;
using Microsoft.Extensions.DependencyInjection;

namespace Coinsphere.Messaging.Tests;

/// <summary>
/// What becomes of recorded predictions, wherever they are recorded. It is noon of 2024-07-01 UTC, so the last closed bar is of 2024-06-30.
/// </summary>
public abstract class OutcomeTests(IRecordsStore store) : IAsyncLifetime
{
    private protected static readonly DateOnly LastBar = new(2024, 6, 30);

    private protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public virtual ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return store.DisposeAsync();
    }

    [Fact]
    public async Task Prediction_IsScoredOnceItsTargetDayHasClosed()
    {
        await using var worker = await StartAsync("ETH");
        var due = Answer(1, "ETH", LastBar.AddDays(-7), "7d", "bullish");
        await RecordAsync(worker, due, Answer(2, "ETH", LastBar.AddDays(-6), "7d", "bullish"), Answer(3, "ETH", LastBar.AddDays(-31), "30d", "neutral"));

        Assert.Equal((2, 0), await ScoreAsync(worker));

        var (from, to) = (Close("ETH", due.DataAsOf), Close("ETH", LastBar));
        var history = await worker.AskAsync<PredictionHistoryRequested, PredictionHistory>(new("eth"), Endpoints.Records);
        var scored = history.History.Single(row => row.Id == due.PredictionId);
        Assert.Equal(3, history.Total);
        Assert.Equal((Rounding.Price(to), Outcome.Of(from, to) == Direction.Bullish), (scored.ActualPrice, scored.WasCorrect));
        Assert.Equal(Math.Abs(due.Prediction.TargetPrice - to), scored.PriceError!.Value, 0.01);
        Assert.Equal(100 * (1 - (Math.Abs(due.Prediction.TargetPrice - to) / to)), scored.AccuracyScore!.Value, 0.01);
        Assert.Equal(
            (due.Prediction.TargetPrice, due.Prediction.CurrentPrice, due.GeneratedAt, LastBar),
            (scored.PredictedPrice, scored.PriceAtPrediction, scored.CreatedAt, scored.TargetDate));
        var open = history.History.Single(row => row.Id == Id(2));
        Assert.Equal((null, null, null, null), (open.ActualPrice, open.WasCorrect, open.AccuracyScore, open.PriceError));
        Assert.Equal((0, 0), await ScoreAsync(worker));
    }

    [Fact]
    public async Task ManyScorers_ScoreEachPredictionOnce()
    {
        await using var worker = await StartAsync("BTC");
        // More than a page.
        await RecordAsync(worker, [.. Enumerable.Range(1, 700).Select(i => Answer(i, "BTC", LastBar.AddDays(-8 - (i % 300)), "7d", "bearish"))]);

        var scored = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ScoreAsync(worker)));

        Assert.Equal(700, scored.Sum(result => result.Scored));
        Assert.Equal(700, await store.ValueAsync<int>("select count(*) from predictions where was_correct is not null"));
    }

    [Fact]
    public async Task PredictionWithoutABar_StaysOpen_AndHoldsUpNoOther()
    {
        await using var worker = await StartAsync("SOL");
        await WritePricesAsync(worker, "SOL", [.. SyntheticSeries.Generate("SOL", LastBar).Where(bar => bar.Day != LastBar.AddDays(-3))]);
        await RecordAsync(
            worker, Answer(1, "SOL", LastBar.AddDays(-10), "7d", "bullish"), Answer(2, "SOL", LastBar.AddDays(-3), "7d", "bullish") with
            {
                DataAsOf = LastBar
                .AddDays(-17)
            },
            Answer(3, "XRP", LastBar.AddDays(-10), "7d", "bullish"));

        Assert.Equal((1, 2), await ScoreAsync(worker));
        Assert.Equal(Id(2), await store.ValueAsync<string>("select id from predictions where was_correct is not null"));
    }

    [Fact]
    public async Task Accuracy_IsOfForecastsOnly_BesideTheBaseRate()
    {
        await using var worker = await StartAsync("ETH");
        PredictionAnswer[] counting =
        [
            .. Enumerable.Range(0, 20).Select(i => Answer(i + 1, "ETH", LastBar.AddDays(-7 - i), "7d", i % 3 == 0 ? "bullish" : "bearish")),
            .. Enumerable.Range(0, 5).Select(i => Answer(i + 101, "ETH", LastBar.AddDays(-14 - i), "14d", "neutral")),
        ];
        await RecordAsync(
            worker,
            [
                .. counting,
                // Asked for after the outcome was known, and too long ago.
                Answer(201, "ETH", LastBar.AddDays(-9), "7d", "bullish") with { GeneratedAt = new(2024, 7, 1, 10, 0, 0, TimeSpan.Zero) },
                Answer(202, "ETH", LastBar.AddDays(-7 - 30), "7d", "bullish"),
            ]);
        await ScoreAsync(worker);

        var accuracy = await worker.AskAsync<PredictionAccuracyRequested, PredictionAccuracy>(new("ETH"), Endpoints.Records);

        var closes = new Outcomes(new("ETH", SyntheticSeries.Generate("ETH", LastBar)));
        var correct = counting.Count(answer => closes.Of(answer.DataAsOf, Timeframes.Days(answer.Timeframe))!.Value.Name() == answer.Prediction.Direction);
        Assert.Equal(
            ("ETH", "last 30 days", 25, 25, correct),
            (accuracy.Symbol, accuracy.Period, accuracy.TotalPredictions, accuracy.Forecasts, accuracy.CorrectPredictions));
        Assert.Equal(Rounding.Decimals(100.0 * correct / 25, 2), accuracy.Accuracy);
        Assert.Equal([("14d", 5), ("7d", 20)], accuracy.ByTimeframe.Select(part => (part.Key, part.Value.Total)));
        Assert.Equal([("bearish", 13), ("bullish", 7), ("neutral", 5)], accuracy.ByDirection.Select(part => (part.Key, part.Value.Total)));
        Assert.Equal(correct, accuracy.ByDirection.Sum(part => part.Value.Correct));
        Assert.Equal(counting.Average(Brier), accuracy.Brier!.Value, 1e-4);
        Assert.Equal(
            counting.Average(answer => Squares(closes.FrequenciesUpTo(answer.DataAsOf, Timeframes.Days(answer.Timeframe)), answer)),
            accuracy.BaseRateBrier!.Value,
            1e-4);
        Assert.InRange(accuracy.BaseRateAccuracy!.Value, 0, 100);

        double Brier(PredictionAnswer answer) =>
            Squares([answer.Prediction.Probabilities.Bearish, answer.Prediction.Probabilities.Neutral, answer.Prediction.Probabilities.Bullish], answer);
        double Squares(double[] p, PredictionAnswer answer)
        {
            var outcome = (int)closes.Of(answer.DataAsOf, Timeframes.Days(answer.Timeframe))!.Value;
            return p.Select((value, c) => Math.Pow(value - (c == outcome ? 1 : 0), 2)).Sum();
        }
    }

    [Fact]
    public async Task Outcomes_AreMetrics_BesideTheBaseRateAndTheLevelOfTheRanges()
    {
        using var measured = new Measurements("coinsphere.outcomes.");
        await using var worker = await StartAsync("ETC");
        var closes = new Outcomes(new("ETC", SyntheticSeries.Generate("ETC", LastBar)));
        PredictionAnswer[] counting = [.. Enumerable.Range(0, 20).Select(i => Ranged(i + 1, LastBar.AddDays(-14 - i), level: i % 2 == 0 ? 0.9 : 0.8))];
        await RecordAsync(
            worker,
            [
                .. counting,
                // Without a range; asked for after the outcome was known; too long ago.
                Answer(101, "ETC", LastBar.AddDays(-14), "14d", "bearish"),
                Ranged(102, LastBar.AddDays(-15), 0.9) with { GeneratedAt = new(2024, 7, 1, 10, 0, 0, TimeSpan.Zero) },
                Ranged(103, LastBar.AddDays(-14 - 90), 0.9),
            ]);
        await ScoreAsync(worker);

        await worker.Services.GetRequiredService<OutcomeReporter>().ReportAsync(Cancel);

        Assert.Equal(21, Last("scored"));
        Assert.Equal(counting.Append(counting[0]).Count(answer => closes.Of(answer.DataAsOf, 14) == Direction.Bearish), Last("right"));
        Assert.Equal(
            counting.Append(counting[0]).Count(answer => Outlook.Of(closes.FrequenciesUpTo(answer.DataAsOf, 14)).Direction == closes.Of(answer.DataAsOf, 14)),
            Last("base_rate_right"));
        Assert.Equal((20, 10), (Last("with_range"), Last("in_range")));
        Assert.Equal((10 * 0.9) + (10 * 0.8), Last("in_range_expected"), 1e-9);

        // Nobody asks about it any more.
        await store.ExecuteAsync("delete from predictions");
        await worker.Services.GetRequiredService<OutcomeReporter>().ReportAsync(Cancel);
        Assert.Equal((0, 0, 0), (Last("scored"), Last("right"), Last("in_range_expected")));

        double Last(string what) => measured[$"coinsphere.outcomes.{what}{{symbol=ETC,timeframe=14d}}"].Last();

        // Every other close is in its range.
        PredictionAnswer Ranged(int number, DateOnly lastDay, double level)
        {
            var (answer, close) = (Answer(number, "ETC", lastDay, "14d", "bearish"), closes.CloseOf(lastDay.AddDays(14))!.Value);
            var range = number % 2 == 0 ? new PriceInterval(level, close * 0.9, close * 1.1) : new PriceInterval(level, close * 1.1, close * 1.2);
            return answer with { VolatilityDigest = "a7", Prediction = answer.Prediction with { ExpectedVolatility = 0.5, Interval = range } };
        }
    }

    [Theory]
    // Right for certain, and wrong for certain.
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task PredictionsWorseThanTheBaseRate_AskForTraining_OnceAWeek(bool isRight, bool expected)
    {
        await using var worker = await StartAsync("ETH");
        var closes = new Outcomes(new("ETH", SyntheticSeries.Generate("ETH", LastBar)));
        await RecordAsync(worker, [.. Enumerable.Range(1, 40).Select(i =>
        {
            var answer = Answer(i, "ETH", LastBar.AddDays(-7 - i), "7d", "bullish");
            var outcome = (int)closes.Of(answer.DataAsOf, 7)!.Value;
            var said = isRight ? outcome : (outcome + 1) % 3;
            var p = new ClassProbabilities(said == 0 ? 1 : 0, said == 1 ? 1 : 0, said == 2 ? 1 : 0);
            return answer with { Prediction = answer.Prediction with { Probabilities = p } };
        })]);
        await ScoreAsync(worker);
        var alarm = worker.Services.GetRequiredService<AccuracyAlarm>();

        Assert.Equal(expected ? ["ETH"] : [], await alarm.CheckAsync(Cancel));
        Assert.Empty(await alarm.CheckAsync(Cancel));
        Assert.Equal(expected, await worker.Harness.Published
            .Any<RetrainRequested>(published => published.Context.Message is { Symbol: "ETH", NotIfTrainedSince: not null }, Cancel));
    }

    [Fact]
    public async Task SymbolsOfOneNetwork_AskForTrainingTogether_AndOnlyForWhatServesNow()
    {
        await using var worker = await StartAsync("ETH");
        await WritePricesAsync(worker, "BTC", SyntheticSeries.Generate("BTC", LastBar));
        PredictionAnswer[] wrong = [.. Wrong("ETH", 40, 1, "e7670c3c"), .. Wrong("BTC", 40, 101, "b7c0")];
        await RecordAsync(worker, wrong);
        await ScoreAsync(worker);
        var alarm = worker.Services.GetRequiredService<AccuracyAlarm>();
        // Another model serves since: what the old one predicted says nothing about it.
        await RecordAsync(worker, [.. Wrong("ETH", 1, 201, "f00d"), .. Wrong("BTC", 1, 301, "f00e")]);
        Assert.Empty(await alarm.CheckAsync(Cancel));

        await store.ExecuteAsync("delete from predictions where features ->> 'model_digest' in ('f00d', 'f00e')");
        Assert.Equal(["BTC", "ETH"], (await alarm.CheckAsync(Cancel)).Order(StringComparer.Ordinal));
        Assert.True(await worker.Harness.Published
            .Any<RetrainRequested>(published => published.Context.Message is { Symbol: null, NotIfTrainedSince: not null }, Cancel));
        Assert.Empty(await alarm.CheckAsync(Cancel));

        // The newer ones are of the last days, whose outcome is not known.
        static PredictionAnswer[] Wrong(string symbol, int count, int number, string digest)
        {
            var closes = new Outcomes(new(symbol, SyntheticSeries.Generate(symbol, LastBar)));
            return [.. Enumerable.Range(0, count).Select(i =>
            {
                var answer = Answer(number + i, symbol, LastBar.AddDays(count == 1 ? 0 : -8 - i), "7d", "bullish") with { ModelDigest = digest };
                var said = ((int?)closes.Of(answer.DataAsOf, 7) + 1) % 3 ?? 0;
                var p = new ClassProbabilities(said == 0 ? 1 : 0, said == 1 ? 1 : 0, said == 2 ? 1 : 0);
                return answer with { Prediction = answer.Prediction with { Probabilities = p } };
            })];
        }
    }

    [Fact]
    public async Task History_ComesInPagesAndThroughFilters()
    {
        await using var worker = await StartAsync("ETH");
        await RecordAsync(worker, [.. Enumerable.Range(1, 12).Select(i => Answer(i, "ETH", LastBar.AddDays(-i), i % 3 == 0 ? "14d" : "7d", "bullish"))]);

        Assert.Equal((string.Join(',', Id(4), Id(5), Id(6)), 12L), await PageAsync(new("ETH", 3) { Offset = 3 }));
        Assert.Equal((string.Join(',', Id(3), Id(6)), 4L), await PageAsync(new("ETH", 2) { Timeframe = "14d" }));
        // Predictions are made on the day after their last bar.
        string Day(int i) => LastBar.AddDays(1 - i).ToString("O", CultureInfo.InvariantCulture);
        Assert.Equal((string.Join(',', Id(4), Id(5)), 2L), await PageAsync(new("ETH") { From = Day(5), To = Day(4) }));
        Assert.Equal(("", 12L), await PageAsync(new("ETH") { Offset = 12 }));

        async Task<(string Ids, long Total)> PageAsync(PredictionHistoryRequested request)
        {
            var history = await worker.AskAsync<PredictionHistoryRequested, PredictionHistory>(request, Endpoints.Records);
            return (string.Join(',', history.History.Select(recorded => recorded.Id)), history.Total);
        }
    }

    [Fact]
    public async Task Replays_CountOnlyWhereTheyAreAskedFor()
    {
        await using var worker = await StartAsync("ETH");
        var forecast = Answer(1, "ETH", LastBar.AddDays(-8), "7d", "bullish");
        var replay = Answer(2, "ETH", LastBar.AddDays(-9), "7d", "bullish");
        await RecordAsync(worker, forecast, replay with { GeneratedAt = replay.GeneratedAt.AddDays(9) });
        await ScoreAsync(worker);

        Assert.Equal(1, (await AccuracyAsync(new("ETH"))).TotalPredictions);
        Assert.Equal(2, (await AccuracyAsync(new("ETH") { IncludeReplays = true })).TotalPredictions);

        Task<PredictionAccuracy> AccuracyAsync(PredictionAccuracyRequested request) =>
            worker.AskAsync<PredictionAccuracyRequested, PredictionAccuracy>(request, Endpoints.Records);
    }

    [Fact]
    public async Task NothingRecorded_IsAnEmptyAnswer()
    {
        await using var worker = await StartAsync("BTC");

        var history = await worker.AskAsync<PredictionHistoryRequested, PredictionHistory>(new("DOGE"), Endpoints.Records);
        Assert.Equal((0L, 0), (history.Total, history.History.Count));
        var accuracy = await worker.AskAsync<PredictionAccuracyRequested, PredictionAccuracy>(new("DOGE"), Endpoints.Records);
        Assert.Equal((0, null, null, null), (accuracy.TotalPredictions, accuracy.Accuracy, accuracy.Brier, accuracy.BaseRateBrier));
    }

    [Fact]
    public async Task DatabaseThatIsGone_IsARefusal()
    {
        await using var worker = await StartAsync("BTC");
        await store.ExecuteAsync("drop table predictions");

        Assert.Equal(
            RefusalReason.RecordsUnavailable,
            (await worker.AskAsync<PredictionHistoryRequested, RequestRefused>(new("BTC"), Endpoints.Records)).Reason);
    }

    /// <summary>Makes these bars the whole history of a symbol.</summary>
    private protected abstract Task WritePricesAsync(DatabaseWorker worker, string symbol, Bar[] bars);

    private protected async Task<DatabaseWorker> StartAsync(string symbol)
    {
        // Nothing is scored but by the test.
        var worker = await DatabaseWorker.StartAsync(store, "Records:ScoreEvery", "1.00:00:00");
        await WritePricesAsync(worker, symbol, SyntheticSeries.Generate(symbol, LastBar));
        return worker;
    }

    private protected async Task RecordAsync(DatabaseWorker worker, params PredictionAnswer[] answers)
    {
        var before = await store.ValueAsync<int>("select count(*) from predictions");
        await Task.WhenAll(answers.Select(answer => worker.RecordAsync(new PredictionCompleted(answer))));
        await store.UntilAsync($"select count(*) = {before + answers.Length} from predictions");
    }

    private protected static async Task<(int Scored, int Missing)> ScoreAsync(DatabaseWorker worker)
    {
        await using var connection = await worker.Services.GetRequiredService<IRecordsDatabase>().OpenAsync(Cancel);
        return await worker.Services.GetRequiredService<PredictionOutcomes>().ScoreAsync(connection, Cancel);
    }

    private static double Close(string symbol, DateOnly day) => SyntheticSeries.Generate(symbol, day)[^1].Close;

    private protected static string Id(int number) => number.ToString("x32", CultureInfo.InvariantCulture);

    private protected static PredictionAnswer Answer(int number, string symbol, DateOnly lastDay, string timeframe, string direction)
    {
        var current = Rounding.Price(Close(symbol, lastDay));
        var made = new DateTimeOffset(lastDay.AddDays(1).ToDateTime(new TimeOnly(8, 0)), TimeSpan.Zero);
        return new PredictionAnswer(
            symbol, timeframe,
            new PricePrediction(
                direction,
                "low",
                0.421,
                current * 1.01,
                new PriceRange(current * 0.96, current * 1.06),
                current,
                1,
                new ClassProbabilities(0.420944, 0.20776, 0.371296)),
            new Indicators(35.47, "bearish", "increasing", 0.5), "", HistoricalAccuracy.NotMeasured,
            made, made.AddMinutes(5), "v0.9.0", Id(number), "e7670c3c", lastDay, "postgres", "neutral");
    }
}
