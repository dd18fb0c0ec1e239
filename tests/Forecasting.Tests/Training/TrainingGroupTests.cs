using Coinsphere.Messaging.Forecasting.Accuracy;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Training;

namespace Coinsphere.Messaging.Forecasting.Tests.Training;

public sealed class TrainingGroupTests
{
    private const int Bars = 700;

    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly TrainingPlan Plan = new()
    {
        Through = BarBuilder.FirstDay.AddDays(Bars - 1),
        ValidationDays = 120,
        TestDays = 100,
        Steps = 10,
        HiddenSizes = [6, 5, 4],
        Options = new() { Epochs = 2, EarlyStopping = false, Threads = 1 },
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void RandomFuture_ChangesNothingOfACheckpointButItsScores()
    {
        // what comes after the validation period, whatever it is
        var known = Bars - Plan.TestDays;
        Bar[] other = [.. BarBuilder.Walk(Bars)[..known], .. BarBuilder.Walk(Bars, seed: 9, start: 3)[known..]];
        var (first, second) = (Read(Train(BarBuilder.Walk(Bars))), Read(Train(other)));

        Assert.Equal(first.Digest, second.Digest);
        Assert.Equal(new Parameters(first.Weights).Values, new Parameters(second.Weights).Values);
        Assert.Equal(first.Calibrations!.Select(pair => (pair.Key, pair.Value.Scale)), second.Calibrations!.Select(pair => (pair.Key, pair.Value.Scale)));
    }

    [Fact]
    public void AnotherPast_ChangesTheCheckpoint() =>
        Assert.NotEqual(Read(Train(BarBuilder.Walk(Bars))).Digest, Read(Train(BarBuilder.Walk(Bars, seed: 9))).Digest);

    [Fact]
    public void Checkpoint_SaysWhatItIs()
    {
        var checkpoint = Read(Train(BarBuilder.Walk(Bars)));

        Assert.Equal(
            (FormattableString.Invariant($"v{Plan.ValidationEnd:yyyy.M.d}"), Now, 10),
            (checkpoint.Metadata.ModelVersion, checkpoint.Metadata.TrainedAt, checkpoint.SequenceLength));
        Assert.InRange(checkpoint.Metadata.TestAccuracy!.Value, 0, 1);
        Assert.Equal([7, 14, 30], checkpoint.Calibrations!.Keys.Order());
        // what is in dollars or coins reaches the network as zeros
        Assert.Equal(TrainingPlan.ScaleFree.Order(), Enumerable.Range(0, 20).Where(i => checkpoint.Scaler!.Scale[i] != 0));
    }

    [Fact]
    public void PooledSymbols_ShareNetworkAndScaler_NotFrequencies()
    {
        var group = new TrainingGroup([History("AAA", BarBuilder.Walk(Bars)), History("BBB", BarBuilder.Walk(Bars, seed: 5))], Plan);
        var symbols = group.Finish(group.Begin().Best.ToWeights());

        Assert.Equal(["AAA", "BBB"], symbols.Select(symbol => symbol.Symbol));
        Assert.Same(symbols[0].Scaler, symbols[1].Scaler);
        Assert.NotEqual(symbols[0].Horizons[7].Frequencies, symbols[1].Horizons[7].Frequencies);
        Assert.Equal(group.Training.OrderBy(sample => sample.LastDay), group.Training);
        Assert.All(group.Training, sample => Assert.True(sample.LastDay.AddDays(7) <= Plan.TrainingEnd));
        Assert.All(group.Validation, sample => Assert.True(sample.LastDay > Plan.TrainingEnd && sample.LastDay.AddDays(7) <= Plan.ValidationEnd));
    }

    [Fact]
    public void PooledSymbols_ShareAScale_UnlessItHelpsOneNothing()
    {
        var group = new TrainingGroup([.. Enumerable.Range(1, 6).Select(seed => History($"S{seed}", BarBuilder.Walk(Bars, seed)))], Plan);
        var trained = group.Finish(group.Begin().Best.ToWeights()).Select(symbol => symbol.Horizons[30]).ToArray();

        var helped = trained.Where(horizon => !horizon.Calibration.IsFrequencies).ToArray();
        Assert.InRange(helped.Length, 1, trained.Length - 1);
        Assert.Single(helped.Select(horizon => horizon.Calibration.Scale).Distinct());
        Assert.All(helped, horizon => Assert.True(horizon.Validation!.Skill > 0));
        Assert.All(trained.Except(helped), horizon => Assert.Equal(0, horizon.Validation!.Skill, 1e-12));
    }

    [Fact]
    public void PooledNetwork_HasTheMeanFrequencies_AndNamesItsSymbols()
    {
        var group = new TrainingGroup([History("AAA", BarBuilder.Walk(Bars)), History("BBB", BarBuilder.Walk(Bars, seed: 5))], Plan);
        var network = group.Begin().Best.ToWeights();
        var (symbols, pooled) = (group.Finish(network), group.FinishPooled(network));

        Assert.Equal(("pooled", "AAA BBB"), (pooled.Symbol, pooled.Pools));
        foreach (var horizon in Horizons.All)
        {
            Assert.Equal(
                Enumerable.Range(0, 3).Select(c => symbols.Average(symbol => symbol.Horizons[horizon].Frequencies[c])), pooled.Horizons[horizon].Frequencies);
            Assert.Equal(symbols.Sum(symbol => symbol.Horizons[horizon].Test!.Model.Count), pooled.Horizons[horizon].Test!.Model.Count);
        }

        var read = Read(TrainedCheckpoint.Write(network, new(1, 1, 1, 0.4, true), pooled, Plan, Now)).Metadata;
        Assert.Equal((true, true, false), (read.IsTrainedOn("AAA"), read.IsTrainedOn("BBB"), read.IsTrainedOn("AA")));
    }

    [Theory]
    [InlineData(14)]
    [InlineData(30)]
    public void Outcome_IsOfTheHorizon(int horizon)
    {
        var bars = BarBuilder.Walk(100);
        var history = History("AAA", bars);

        Assert.Equal(Outcome.Of(bars[20].Close, bars[20 + horizon].Close), history.OutcomeOf(bars[20].Day, horizon));
        Assert.Null(history.OutcomeOf(bars[100 - horizon].Day, horizon));
        Assert.Equal(1, history.FrequenciesUpTo(bars[^1].Day, horizon).Sum(), 12);
    }

    [Theory]
    [InlineData(200, "AAA: 200 bars")]
    [InlineData(10, "AAA: 10 bars")]
    [InlineData(0, "AAA: no bars")]
    public void TooFewBars_AreRefusedWithTheirNumber(int count, string expected)
    {
        var fault = Assert.Throws<TrainingDataException>(
            () => new TrainingGroup([History("AAA", BarBuilder.Walk(count))], Plan with { Through = BarBuilder.FirstDay.AddDays(Math.Max(0, count - 1)) }));

        Assert.StartsWith(expected, fault.Message, StringComparison.Ordinal);
    }

    private static byte[] Train(Bar[] bars)
    {
        var group = new TrainingGroup([History("AAA", bars)], Plan);
        var state = group.Begin();
        Trainer.Train(state, group.Training, group.Validation, Plan.Options, cancellationToken: Cancel);
        var network = state.Best.ToWeights();
        return TrainedCheckpoint.Write(network, state.BestEpoch!, group.Finish(network).Single(), Plan, Now);
    }

    private static LabelledHistory History(string symbol, Bar[] bars) => new(new BarSeries(symbol, bars));

    private static Checkpoint Read(byte[] bytes) => CheckpointReader.Read(new MemoryStream(bytes), "AAA_best.pth");
}
