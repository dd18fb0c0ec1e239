using Coinsphere.Messaging.Forecasting.Accuracy;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Forecasting.Training;

namespace Coinsphere.Messaging.Forecasting.Tests.Training;

public sealed class TrainerTests
{
    private const int Steps = 10;
    private const int Horizon = 7;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static readonly TrainingOptions Quick = new() { Epochs = 6, Threads = 1, LearningRate = 5e-3 };

    [Fact]
    public void SameSeed_GivesTheSameBitsOnOneAndTwoThreads()
    {
        var (training, validation) = Samples();
        float[] Run(TrainingOptions options) => Trained(training, validation, options).Best.Values;

        var first = Run(Quick);
        Assert.Equal(first, Run(Quick with { Threads = 2 }));
        Assert.NotEqual(first, Run(Quick with { Seed = 2 }));
    }

    [Fact]
    public void LearnableLabels_AreLearnt()
    {
        // the label is told by a constant feature
        TrainingSample[] samples = [.. Enumerable.Range(0, 96).Select(i => new TrainingSample(
            BarBuilder.FirstDay.AddDays(i), (Direction)(i % 3), [.. Enumerable.Repeat((float)(i % 3) - 1, Steps * 20)]))];
        var result = Trained(samples, samples, Quick with { Epochs = 60, Patience = 60, LearningRate = 1e-2 });

        Assert.Equal(1, result.BestEpoch!.ValidationAccuracy);
        Assert.InRange(result.BestEpoch.ValidationLoss, 0, 0.3);
    }

    [Fact]
    public void LossThatRisesForThePatience_StopsAndKeepsTheBest()
    {
        // validation contradicts training, so every step that learns makes it worse
        var (training, _) = Samples();
        TrainingSample[] taught = [.. training.Select(s => s with { Label = Direction.Bullish })];
        TrainingSample[] contrary = [.. training.Select(s => s with { Label = Direction.Bearish })];
        var result = Trained(taught, contrary, Quick with { Epochs = 50, Patience = 3 });

        Assert.Equal(1, result.BestEpoch!.Epoch);
        Assert.Equal(4, result.Epochs.Count);
    }

    [Fact]
    public void Cancelled_KeepsTheBestSoFar()
    {
        var (training, validation) = Samples();
        using var stop = new CancellationTokenSource();
        var state = Begun(Quick);
        Trainer.Train(state, training, validation, Quick, finished: _ => stop.Cancel(), cancellationToken: stop.Token);

        Assert.Single(state.Epochs);
        Assert.Equal(1, state.BestEpoch!.Epoch);
        Assert.NotEqual(Begun(Quick).Best.Values, state.Best.Values);
    }

    [Fact]
    public void InterruptedAfterAnyEpoch_GoesOnFromItsFileToTheSameBits()
    {
        var (training, validation) = Samples();
        var whole = Trained(training, validation, Quick);
        byte[][] files = [.. Enumerable.Range(1, Quick.Epochs).Select(_ => Array.Empty<byte>())];
        var saved = Begun(Quick);
        Trainer.Train(
            saved,
            training,
            validation,
            Quick,
            finished: report => files[report.Epoch - 1] = TrainingFile.Write(saved, "of this"),
            cancellationToken: Cancel);

        Assert.All(files, bytes =>
        {
            var state = TrainingFile.Read(new MemoryStream(bytes), "saved", "of this", Quick.Adam);
            Trainer.Train(state, training, validation, Quick, cancellationToken: Cancel);

            Assert.Equal(whole.Epochs, state.Epochs);
            Assert.Equal(whole.Current.Values, state.Current.Values);
            Assert.Equal(whole.Best.Values, state.Best.Values);
        });
    }

    [Fact]
    public void FileOfAnotherTraining_IsRefused()
    {
        var bytes = TrainingFile.Write(Begun(Quick), "of that");
        var fault = Assert.Throws<CheckpointException>(() => TrainingFile.Read(new MemoryStream(bytes), "saved.pth", "of this", Quick.Adam));

        Assert.Contains("saved.pth", fault.Message, StringComparison.Ordinal);
        Assert.Contains("'of that'", fault.Message, StringComparison.Ordinal);
        Assert.Contains("'of this'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LossThatIsNoNumber_EndsTrainingWithItsEpoch()
    {
        var (training, validation) = Samples();
        TrainingSample[] broken = [.. training, training[0] with { Window = [.. Enumerable.Repeat(float.NaN, Steps * 20)] }];

        Assert.Contains("epoch 1", Assert.Throws<TrainingDivergedException>(() => Trained(broken, validation, Quick)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RandomFuture_ChangesNothingDecidedBeforeIt()
    {
        var bars = BarBuilder.Walk(200);
        var changed = BarBuilder.Walk(200, seed: 2, start: 7);
        const int known = 150;
        Bar[] other = [.. bars[..known], .. changed[known..]];
        var cut = bars[known - 1].Day;

        var (before, after) = (Labelled(bars), Labelled(other));
        static TrainingSample[] Until(IReadOnlyList<TrainingSample> samples, DateOnly day) => [.. samples.Where(s => s.LastDay.AddDays(Horizon) <= day)];
        var (expected, actual) = (Until(before, cut), Until(after, cut));
        Assert.NotEmpty(expected);
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair =>
        {
            Assert.Equal((pair.First.LastDay, pair.First.Label), (pair.Second.LastDay, pair.Second.Label));
            Assert.Equal(pair.First.Window, pair.Second.Window);
        });
        Assert.Equal(TrainingSet.FitScaler([Table(bars)], cut).Mean, TrainingSet.FitScaler([Table(other)], cut).Mean);
        Assert.Equal(TrainingSet.FitScaler([Table(bars)], cut).Scale, TrainingSet.FitScaler([Table(other)], cut).Scale);
    }

    [Fact]
    public void Split_LeavesAGapOfTheHorizon()
    {
        var samples = Labelled(BarBuilder.Walk(200));
        var (first, second) = (BarBuilder.FirstDay.AddDays(90), BarBuilder.FirstDay.AddDays(140));
        var split = TrainingSet.Split(samples, first, second, Horizon);

        Assert.Equal(first.AddDays(-Horizon), split.Training[^1].LastDay);
        Assert.Equal(first.AddDays(1), split.Validation[0].LastDay);
        Assert.Equal(second.AddDays(-Horizon), split.Validation[^1].LastDay);
        Assert.Equal(second.AddDays(1), split.Test[0].LastDay);
    }

    [Theory]
    [InlineData(100, 97.9, Direction.Bearish)]
    [InlineData(100, 98.1, Direction.Neutral)]
    [InlineData(100, 101.9, Direction.Neutral)]
    [InlineData(100, 102.1, Direction.Bullish)]
    public void Label_FollowsTheChange(double close, double later, Direction expected) => Assert.Equal(expected, Outcome.Of(close, later));

    private static TrainingState Begun(TrainingOptions options) => new(Parameters.Initial(20, [8, 6, 4], 1), options.Adam);

    private static TrainingState Trained(IReadOnlyList<TrainingSample> training, IReadOnlyList<TrainingSample> validation, TrainingOptions options)
    {
        var state = Begun(options);
        Trainer.Train(state, training, validation, options, cancellationToken: Cancel);
        return state;
    }

    private static FeatureTable Table(Bar[] bars) => FeatureEngineer.Compute(new BarSeries("TEST", bars), SentimentSeries.Neutral);

    private static IReadOnlyList<TrainingSample> Labelled(Bar[] bars) =>
        new LabelledHistory(new BarSeries("TEST", bars)).Windows(Steps, Horizon, scaler: null);

    private static (IReadOnlyList<TrainingSample> Training, IReadOnlyList<TrainingSample> Validation) Samples()
    {
        var split = TrainingSet.Split(Labelled(BarBuilder.Walk(200)), BarBuilder.FirstDay.AddDays(120), BarBuilder.FirstDay.AddDays(180), Horizon);
        return (split.Training, split.Validation);
    }
}
