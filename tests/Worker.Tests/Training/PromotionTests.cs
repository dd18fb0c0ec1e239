using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Training;
using Coinsphere.Messaging.Worker.Models;
using Coinsphere.Messaging.Worker.Training;
using Microsoft.Extensions.DependencyInjection;

namespace Coinsphere.Messaging.Worker.Tests.Training;

/// <summary>The decision about the new networks of a training, on markets that rise or fall each day, or by chance.</summary>
public sealed class PromotionTests : IAsyncLifetime
{
    private const int Days = 400;
    private static readonly DateOnly Last = new(2025, 2, 28);
    private static readonly DateOnly Seen = Last.AddDays(-200);
    private static readonly TrainingPlan Plan = new() { Through = Last, TestDays = 200, ValidationDays = 60 };

    private TestWorker _worker = null!;

    public async ValueTask InitializeAsync() => _worker = await TestWorker.StartAsync(new TestFolder(), "Retraining:Role", "Beside");

    public ValueTask DisposeAsync() => _worker.DisposeAsync();

    private Promotion Promotion => _worker.Services.GetRequiredService<Promotion>();

    private CheckpointFolder Folder => _worker.Services.GetRequiredService<CheckpointFolder>();

    [Fact]
    public async Task BetterTogether_ReplacesAll_AlsoWhereOneAloneIsWorse()
    {
        Serve("BTC", Bearish);
        Serve("MATIC", Undecided);

        // A rise that what serves denies counts more than a fall that the new network denies.
        var decisions = Run(("BTC", Bullish, Rising), ("MATIC", Bullish, Falling));

        Assert.All(decisions, decision => Assert.True(decision.IsPromoted, decision.Why));
        Assert.Single(decisions.Select(decision => decision.Why).Distinct(StringComparer.Ordinal));
        Assert.Matches(
            @"^its Brier score is 0\.3333 lower \(gain 0\.3\d+ to 0\.3\d+\) over 193 days after 2024-08-12, 7, 14 and 30 days ahead, 2 symbols together$",
            decisions[0].Why);
        Assert.Equal(["BTC_best.pth", "BTC_v1.pth", "MATIC_best.pth", "MATIC_v1.pth"], Files());
        var told = (await _worker.DescribeAsync("MATIC")).LastTraining!;
        Assert.Equal(("promoted", decisions[0].Why, 0.3333, 193, 2), (told.Outcome, told.Reason, told.Gain, told.Days, told.Symbols));
        Assert.Equal(Digest("MATIC_best.pth"), told.ModelDigest);
        Assert.InRange(told.GainLow!.Value, 0.3, told.GainHigh!.Value);
    }

    [Fact]
    public async Task WorseTogether_KeepsAll_AlsoWhereOneAloneIsBetter()
    {
        Serve("BTC", Undecided);
        Serve("MATIC", Undecided);

        var decisions = Run(("BTC", Bullish, Rising), ("MATIC", Bullish, Falling));

        Assert.All(decisions, decision => Assert.False(decision.IsPromoted, decision.Why));
        Assert.Matches(@"^its Brier score is 0\.3333 higher .*; a promotion needs a gain that is above 0 for certain$", decisions[0].Why);
        Assert.All(decisions, decision => Assert.True(decision.MayBeForced));
        Assert.Equal(["BTC_best.pth", "BTC_candidate.pth", "MATIC_best.pth", "MATIC_candidate.pth"], Files());
        var told = (await _worker.DescribeAsync("BTC")).LastTraining!;
        Assert.Equal(("kept", decisions[0].Why, -0.3333), (told.Outcome, told.Reason, told.Gain));
    }

    [Fact]
    public void EqualForecasts_ReplaceNothing()
    {
        Serve("BTC", Bullish);

        Assert.False(Assert.Single(Run(("BTC", seen => Confident(2, 7, seen), Rising))).IsPromoted);
    }

    [Fact]
    public void LowerMeanByChance_ReplacesNothing()
    {
        // Of two networks that know nothing, one is better over any days. A comparison of the means would promote every second one.
        var promoted = 0;
        for (var seed = 0; seed < 20; seed++)
        {
            Serve("BTC", seed % 2 == 0 ? Bearish : Bullish);
            promoted += Run(("BTC", seed % 2 == 0 ? Bullish : Bearish, ByChance(seed)))[0].IsPromoted ? 1 : 0;
        }

        Assert.InRange(promoted, 0, 3);
    }

    [Fact]
    public void FewDaysThatBothKnowNothingOf_ReplaceNothing_ButTheOthersAreCompared()
    {
        Serve("BTC", Bearish, Last.AddDays(-35));
        Serve("MATIC", Bearish);

        var decisions = Run(("BTC", Bullish, Rising), ("MATIC", Bullish, Rising));

        Assert.Equal(
            "there are not 29 days after 2025-01-24 up to 2025-02-28 with a known outcome that both models know nothing of", decisions[0].Why);
        Assert.Equal((false, true), (decisions[0].IsPromoted, decisions[0].MayBeForced));
        Assert.True(decisions[1].IsPromoted);
        Assert.Contains("of this symbol", decisions[1].Why, StringComparison.Ordinal);
        Serve("BTC", Bearish, Last.AddDays(-36));
        Assert.True(Run(("BTC", Bullish, Rising))[0].IsPromoted);
    }

    [Fact]
    public void SymbolsThatCannotBeCompared_GetTheNewOne_WhereTheOthersKeepTheirs()
    {
        Serve("BTC", Bullish);
        _worker.Folder.WithGarbage("MATIC_best.pth");

        var decisions = Run(("BTC", Undecided, Rising), ("MATIC", Undecided, Rising), ("ETH", Undecided, Rising));

        Assert.Equal([false, true, true], decisions.Select(decision => decision.IsPromoted));
        Assert.StartsWith("what serves it cannot be used: ", decisions[1].Why, StringComparison.Ordinal);
        Assert.Equal("nothing serves it", decisions[2].Why);
    }

    [Fact]
    public void Forced_ReplacesAll_ExceptTheSame()
    {
        Serve("BTC", Bullish);
        Serve("MATIC", Undecided);

        var decisions = Run(force: true, ("BTC", Undecided, Rising), ("MATIC", Undecided, Rising));

        Assert.StartsWith("it was forced, though its Brier score is ", decisions[0].Why, StringComparison.Ordinal);
        Assert.Equal((true, false), (decisions[0].IsPromoted, decisions[0].MayBeForced));
        Assert.Equal((false, "the new one is the same", false), (decisions[1].IsPromoted, decisions[1].Why, decisions[1].MayBeForced));
    }

    [Fact]
    public async Task FileThatCannotBeReplaced_IsReported_AndTheOthersAre()
    {
        Serve("MATIC", Bearish);
        _worker.Folder.WithOnnx("ETH_best.onnx", "gru");

        var decisions = Run(("ETH", Bullish, Rising), ("MATIC", Bullish, Rising));

        Assert.IsType<IOException>(decisions[0].Fault);
        Assert.Equal([false, true], decisions.Select(decision => decision.IsPromoted));
        Assert.Equal("promoted", (await _worker.DescribeAsync("MATIC")).LastTraining!.Outcome);
    }

    [Fact]
    public void PromotionOfSeveral_ThatEndedInBetween_IsCompleted_Once()
    {
        Interrupt("BTC");
        var digest = Digest("BTC_candidate.pth");

        Promotion.CompleteAll(["BTC", "MATIC"]);

        Assert.Equal(digest, Digest("BTC_best.pth"));
        Assert.Equal(["BTC_best.pth", "BTC_v1.pth"], Files());
        // What is rolled back is the candidate again, and stays it.
        Folder.Rollback("BTC");
        Assert.False(Promotion.Complete("BTC"));
        Assert.Equal(["BTC_best.pth", "BTC_candidate.pth"], Files());
    }

    [Fact]
    public async Task PromotionThatEndedInBetween_IsCompletedByTheNextTraining()
    {
        Interrupt("BTC");
        var digest = Digest("BTC_candidate.pth");

        // The message comes again; its training has ended before.
        Assert.Equal(["BTC"], await _worker.Services.GetRequiredService<Retrainer>().RunAsync(
            ["BTC"], _worker.Time.GetUtcNow().AddHours(-1), TestContext.Current.CancellationToken));
        Assert.Equal(digest, Digest("BTC_best.pth"));
    }

    [Fact]
    public void CandidateThatWasKept_IsNotPromotedLater()
    {
        Serve("BTC", Bullish);
        Run(("BTC", Undecided, Rising));

        Assert.False(Promotion.Complete("BTC"));
        Folder.WriteCandidate("BTC", Bearish(Seen));
        Assert.False(Promotion.Complete("BTC"));
        Assert.Equal(["BTC_best.pth", "BTC_candidate.pth"], Files());
    }

    // As a process leaves it that was killed after the decision.
    private void Interrupt(string symbol)
    {
        Serve(symbol, Bearish);
        Folder.WriteCandidate(symbol, Bullish(Seen));
        Folder.WriteResult(symbol, new(_worker.Time.GetUtcNow(), TrainingResult.Promoted, "a test", Digest($"{symbol}_candidate.pth")));
    }

    private void Serve(string symbol, Func<DateOnly, byte[]> model, DateOnly? seen = null) =>
        File.WriteAllBytes(Path.Combine(_worker.Folder.Models, $"{symbol}_best.pth"), model(seen ?? Seen));

    private IReadOnlyList<PromotionDecision> Run(params (string Symbol, Func<DateOnly, byte[]> Model, Func<int, double> Change)[] candidates) =>
        Run(force: false, candidates);

    private IReadOnlyList<PromotionDecision> Run(
        bool force, params (string Symbol, Func<DateOnly, byte[]> Model, Func<int, double> Change)[] candidates) => Promotion.Run(
            [.. candidates.Select(one => new PromotionCandidate(one.Symbol, one.Model(Seen), [History(one.Symbol, one.Change)]))], Plan,
            _worker.Time.GetUtcNow(), force);

    private static LabelledHistory History(string symbol, Func<int, double> change)
    {
        var bars = new Bar[Days];
        for (var (i, close) = (0, 100.0); i < Days; i++)
        {
            close *= 1 + change(i);
            bars[i] = new Bar(Last.AddDays(i + 1 - Days), close, close * 1.01, close * 0.99, close, 1000 + (i % 7));
        }

        return new(new BarSeries(symbol, bars));
    }

    private static double Rising(int day) => 0.01 + (day % 3 * 0.001);

    private static double Falling(int day) => -Rising(day);

    private static Func<int, double> ByChance(int seed)
    {
        var random = new Random(seed);
        double[] changes = [.. Enumerable.Range(0, Days).Select(_ => (random.NextDouble() - 0.5) * 0.1)];
        return day => changes[day];
    }

    private static byte[] Bearish(DateOnly seen) => TestCheckpoints.Confident(0, $"{seen:yyyy-MM-dd}");

    private static byte[] Bullish(DateOnly seen) => TestCheckpoints.Confident(2, $"{seen:yyyy-MM-dd}");

    // Equal probabilities of the three classes.
    private static byte[] Undecided(DateOnly seen)
    {
        var parameters = Parameters.Initial(20, [4, 4, 4], seed: 1);
        parameters.Values.AsSpan().Clear();
        return Network(parameters, seen);
    }

    private static byte[] Confident(int direction, int seed, DateOnly seen)
    {
        var parameters = Parameters.Initial(20, [4, 4, 4], seed);
        parameters.Values[^(3 - direction)] = 50;
        return Network(parameters, seen);
    }

    private static byte[] Network(Parameters parameters, DateOnly seen) => CheckpointWriter.Write(
        parameters.ToWeights(), null, new(1, 1, 0.5, 30) { Metadata = new() { ["model_version"] = "v0", ["trained_through"] = $"{seen:yyyy-MM-dd}" } });

    private string Digest(string file) => CheckpointReader.Read(Path.Combine(_worker.Folder.Models, file)).Digest;

    private string[] Files() =>
        [.. Directory.GetFiles(_worker.Folder.Models).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
}
