using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Worker.Serving;
using Microsoft.Extensions.DependencyInjection;

namespace Coinsphere.Messaging.Worker.Tests.Serving;

/// <summary>DELTA has bars of 2024-01-01 to 2024-08-27; windows of 90 days end from 2024-04-23 on.</summary>
public sealed class BacktestTests
{
    [Theory]
    [InlineData("7d")]
    [InlineData("30d")]
    public async Task EachDay_IsAnsweredAsItWasPredictedThen(string timeframe)
    {
        await using var worker = await StartAsync();

        var answer = await RunAsync(worker, new("DELTA", timeframe) { From = "2024-05-01", To = "2024-07-20" });

        Assert.Equal(81, answer.Daily.Count);
        foreach (var day in answer.Daily)
        {
            var predicted = (await worker.PredictAsync("DELTA", timeframe, $"{day.Day:yyyy-MM-dd}")).Prediction;
            Assert.Equal(
                (predicted.Direction, predicted.Interval, predicted.ExpectedVolatility, predicted.CurrentPrice),
                (day.Direction, day.Interval, day.ExpectedVolatility, day.Close));
            // Several windows are computed together, which may change the last digit.
            Assert.Equal(predicted.Probabilities.Bearish, day.Probabilities.Bearish, 2e-6);
            Assert.Equal(predicted.Probabilities.Bullish, day.Probabilities.Bullish, 2e-6);
        }

        var counted = answer.Daily.Where(day => !day.Replayed).ToArray();
        Assert.Equal(answer.BaseRateHitRate, counted.Length == 0 ? null : Math.Round(counted.Average(day => day.BaseRateHit == true ? 1.0 : 0), 4));
    }

    [Fact]
    public async Task BarsOfTheFuture_ChangeOutcomesOnly()
    {
        await using var worker = await StartAsync();
        var request = new BacktestRequested("DELTA") { From = "2024-05-01", To = "2024-07-20" };
        var before = await RunAsync(worker, request);
        // From 2024-07-01 on prices are those of the days before, in reverse.
        var lines = Golden.PriceLines(Golden.Delta);
        var from = Array.FindIndex(lines, line => line.StartsWith("2024-07-01", StringComparison.Ordinal));
        worker.Folder.WithPrices("DELTA", [.. lines[..from], .. lines[from..].Select((line, i) => line[..10] + lines[from - 1 - i][10..])]);

        var after = await RunAsync(worker, request);

        var known = before.Daily.Zip(after.Daily).TakeWhile(pair => pair.First.Day < new DateOnly(2024, 7, 1)).ToList();
        Assert.Equal(61, known.Count);
        Assert.All(known, pair => Assert.Equal(WithoutOutcome(pair.First), WithoutOutcome(pair.Second)));
        Assert.Equal(7, known.Count(pair => pair.First != pair.Second));
        Assert.NotEqual(before.Daily[^1].Probabilities, after.Daily[^1].Probabilities);
    }

    [Fact]
    public async Task DaysThatTheModelHadLearntFrom_AreListedAndDoNotCount()
    {
        await using var worker = await StartAsync(TestCheckpoints.Confident(2, trainedThrough: "2024-06-30"));

        var answer = await RunAsync(worker, new("BTC") { From = "2024-06-21", To = "2024-07-10" });

        Assert.Equal((10, 10, 1.43, new DateOnly(2024, 6, 30)), (answer.Days, answer.ReplayedDays, answer.EffectiveDays, answer.LearntThrough));
        Assert.Equal(answer.Daily.Select(day => day.Day <= new DateOnly(2024, 6, 30)), answer.Daily.Select(day => day.Replayed));
        Assert.Equal(answer.Daily.Where(day => !day.Replayed).Average(day => day.ActualDirection == "bullish" ? 1.0 : 0), answer.HitRate);
        Assert.Equal(answer.Daily.Where(day => !day.Replayed).Average(day => day.Inside == true ? 1.0 : 0), answer.IntervalCoverage);
        // Ten days are less than two blocks of two horizons.
        Assert.Null(answer.Uncertainty.HitRate);
    }

    [Theory]
    [InlineData("2024-12-31", "No day counts: a model had learnt from all 20; days after 2024-12-31 would count")]
    [InlineData(null, "No day counts: the model does not say up to which day it was trained")]
    public async Task WhereNoDayCounts_NumbersAreNull_AndASentenceSaysWhy(string? trainedThrough, string why)
    {
        await using var worker = await StartAsync(TestCheckpoints.Confident(2, trainedThrough));

        var answer = await RunAsync(worker, new("BTC") { From = "2024-06-21", To = "2024-07-10" });

        Assert.Equal((0, 20, null, null, null), (answer.Days, answer.Daily.Count, answer.HitRate, answer.IntervalScore, answer.EwmaQlike));
        Assert.Contains(why, answer.Warnings);
    }

    [Fact]
    public async Task DaysThatAreLeftOut_AreCountedByReason()
    {
        await using var worker = await StartAsync();

        var answer = await RunAsync(worker, new("DELTA") { From = "2024-04-01" });

        Assert.Equal((new DateOnly(2024, 8, 27), new DateOnly(2024, 8, 20)), (answer.To, answer.Daily[^1].Day));
        Assert.Contains("7 days are left out because the horizon has not ended: the last bar is of 2024-08-27", answer.Warnings);
        Assert.Contains(
            $"{149 - 7 - answer.Daily.Count} days are left out because too few bars are before, or a day is missing, or the price did not move",
            answer.Warnings);
        Assert.Equal(new DateOnly(2024, 4, 23), answer.Daily[0].Day);
    }

    [Fact]
    public async Task WithoutDays_ItIsTheLastYearOfPrices()
    {
        await using var worker = await StartAsync();

        var answer = await RunAsync(worker, new("DELTA"));

        Assert.Equal((new DateOnly(2023, 8, 28), new DateOnly(2024, 8, 27)), (answer.From, answer.To));
    }

    [Theory]
    [InlineData("NOPE", "7d", null, null, RefusalReason.UnsupportedSymbol, "NOPE is not supported")]
    [InlineData("DELTA", "8d", null, null, RefusalReason.UnsupportedTimeframe, "found '8d'")]
    [InlineData("DELTA", "7d", "2018-01-01", "2024-01-01", RefusalReason.InvalidRequest, "at most 5 years")]
    [InlineData("DELTA", "7d", "2023-01-01", "2023-06-01", RefusalReason.InsufficientHistory, "DELTA has no closed daily bar up to 2023-06-08")]
    [InlineData("DELTA", "7d", "2023-01-01", "2023-12-30", RefusalReason.InsufficientHistory, "its bars are from 2024-01-01 to 2024-01-06")]
    [InlineData("DELTA", "7d", "2024-09-01", null, RefusalReason.InsufficientHistory, "DELTA has no daily bar from 2024-09-01 to 2024-08-27")]
    [InlineData("ALPHA", "7d", null, null, RefusalReason.ModelNotTrained, "no model is trained for ALPHA")]
    [InlineData("MATIC", "7d", null, null, RefusalReason.NoPrices, "no prices of MATIC")]
    public async Task Request_IsRefusedInAReply(string symbol, string timeframe, string? from, string? to, RefusalReason reason, string detail)
    {
        await using var worker = await TestWorker.StartAsync(new TestFolder().WithGolden(Golden.Delta).WithModel("MATIC_best.pth", Golden.Delta));

        var refusal = (await AskAsync(worker, new(symbol, timeframe) { From = from, To = to })).Refusal;

        Assert.Equal(reason, refusal?.Reason);
        Assert.Contains(detail, refusal!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task JumpBeforeTheBarsThatCount_DoesNotMatter()
    {
        await using var worker = await TestWorker.StartAsync(new TestFolder().WithGolden(Golden.Charlie));
        var lines = Golden.PriceLines(Golden.Charlie);
        var last = DateOnly.ParseExact(lines[^1][..10], "yyyy-MM-dd", null);
        var old = Enumerable.Range(0, 300).Select(i => $"{last.AddDays(-419 - 300 + i):yyyy-MM-dd},9,9.5,8.5,9,100,1000,0,0").ToArray();
        worker.Folder.WithPrices("CHARLIE", [lines[0], .. old, .. lines[1..]]);

        var late = await AskAsync(worker, new("CHARLIE") { From = $"{last:yyyy-MM-dd}" });
        var early = await AskAsync(worker, new("CHARLIE") { From = $"{last.AddDays(-410):yyyy-MM-dd}" });

        Assert.Null(late.Refusal);
        Assert.Equal(RefusalReason.PricesRejected, early.Refusal?.Reason);
    }

    [Fact]
    public async Task DeadlineThatPassesMeanwhile_EndsTheComputation()
    {
        await using var worker = await StartAsync();
        var backtester = worker.Services.GetRequiredService<Backtester>();
        var query = new BacktestQuery("DELTA", "7d", new DateOnly(2024, 5, 1), new DateOnly(2024, 7, 20));

        var late = await backtester.RunAsync(query, Deadline.After(TimeSpan.Zero, worker.Time), TestContext.Current.CancellationToken);
        var inTime = await backtester.RunAsync(query, Deadline.After(TimeSpan.FromMinutes(1), worker.Time), TestContext.Current.CancellationToken);

        Assert.Equal(RefusalReason.DeadlineExceeded, late.Refusal?.Reason);
        Assert.NotNull(inTime.Answer);
    }

    private static async Task<TestWorker> StartAsync(byte[]? ofBtc = null)
    {
        var folder = new TestFolder().WithGolden(Golden.Delta).WithPrices("BTC", Golden.PriceLines(Golden.Delta));
        if (ofBtc is not null)
        {
            await File.WriteAllBytesAsync(Path.Combine(folder.Models, "BTC_best.pth"), ofBtc, TestContext.Current.CancellationToken);
        }

        return await TestWorker.StartAsync(folder);
    }

    private static async Task<BacktestAnswer> RunAsync(TestWorker worker, BacktestRequested request)
    {
        var result = await AskAsync(worker, request);
        Assert.Null(result.Refusal);
        return result.Answer!;
    }

    private static Task<Result<BacktestAnswer>> AskAsync(TestWorker worker, BacktestRequested request) =>
        worker.AskAsync<BacktestRequested, BacktestAnswer>(Endpoints.Backtest, request);

    private static BacktestedDay WithoutOutcome(BacktestedDay day) =>
        day with { ActualClose = 0, ActualDirection = "", RealisedVolatility = 0, Hit = false, BaseRateHit = null, Inside = null };
}
