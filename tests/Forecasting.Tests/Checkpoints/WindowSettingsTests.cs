using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Features;

namespace Coinsphere.Messaging.Forecasting.Tests.Checkpoints;

/// <summary>Window length and feature order under the names that trainers give them.</summary>
public class WindowSettingsTests
{
    private static readonly List<object?> InOrder = [.. FeatureNames.All];

    [Theory]
    [InlineData(null, "sequence_length", "sequence_length")]
    [InlineData(null, "seq_length", "seq_length")]
    [InlineData("config", "seq_length", "config['seq_length']")]
    [InlineData("config", "seqLen", "config['seqLen']")]
    [InlineData("hyperparameters", "window_size", "hyperparameters['window_size']")]
    [InlineData("args", "LOOK_BACK", "args['LOOK_BACK']")]
    [InlineData("params", "lookback", "params['lookback']")]
    [InlineData("metadata", "window", "metadata['window']")]
    public void WindowLength_IsTakenFromWhereverItLies(string? dict, string key, string place)
    {
        var report = Inspect(Put(dict, key, 60));

        Assert.Equal((60, place), (report.Checkpoint.SequenceLength, report.SequenceLengthKey));
    }

    [Fact]
    public void WindowLengthDeeperInTheConfig_IsTaken()
    {
        var report = Inspect(Put("config", "data", new Dictionary<object, object?> { ["seq_len"] = 60 }));

        Assert.Equal((60, "config['data']['seq_len']"), (report.Checkpoint.SequenceLength, report.SequenceLengthKey));
    }

    [Fact]
    public void FileThatSaysNothing_HasTheDefaults()
    {
        var report = Inspect(Without("config"));

        Assert.Equal((90, null, null), (report.Checkpoint.SequenceLength, report.SequenceLengthKey, report.FeaturesKey));
    }

    [Fact]
    public void WindowLengthsThatAgree_AreOne() =>
        Assert.Equal(30, new TestCheckpoint().With("seq_length", 30).Read().SequenceLength);

    [Fact]
    public void WindowLengthsThatDisagree_AreRefusedByTheirKeys() =>
        new TestCheckpoint().With("seq_length", 60).Refused("seq_length: the window length 60, but config['sequence_length'] says 30, expected one");

    [Theory]
    [InlineData("rolling_window", 14)]
    [InlineData("encoder_seq", 60)]
    [InlineData("lookback_hours", 24)]
    [InlineData("hidden_features", 64)]
    [InlineData("num_features", 14)]
    [InlineData("features", 14)]
    public void KeyThatIsNotUnderstood_IsRefused(string key, int value) =>
        Assert.Equal($"config['{key}']", Put("config", key, value).Refused().Location);

    [Theory]
    [InlineData("return_sequences", true)]
    [InlineData("window_kind", "rolling")]
    [InlineData("num_features", 20)]
    [InlineData("feature_dim", 20)]
    [InlineData("rsi_window", 14)]
    [InlineData("volatility_window_size", 30)]
    [InlineData("feature_engineering", null)]
    public void KeyThatSaysNothingOfThem_IsPassedOver(string key, object? value) =>
        Assert.Equal(90, Put("config", key, value).Read().SequenceLength);

    [Theory]
    [InlineData(null, "features_list")]
    [InlineData(null, "feature_names")]
    [InlineData("config", "feature_columns")]
    [InlineData("metadata", "features")]
    public void FeaturesInTheirOrder_AreTaken(string? dict, string key)
    {
        var report = Inspect(Put(dict, key, InOrder));

        Assert.Equal(dict is null ? key : $"{dict}['{key}']", report.FeaturesKey);
    }

    [Fact]
    public void FeaturesInAnotherOrder_AreRefusedByTheFirstDifference()
    {
        List<object?> swapped = [.. InOrder];
        (swapped[3], swapped[4]) = (swapped[4], swapped[3]);

        new TestCheckpoint().With("features_list", swapped).Refused("features_list: the text 'log_returns' at 3, expected 'hl_spread'");
    }

    [Fact]
    public void OtherFeatures_AreRefused()
    {
        new TestCheckpoint().With("feature_names", new List<object?> { "Open", "Close" }).Refused("feature_names: the text 'Open' at 0, expected 'close'");
        new TestCheckpoint().With("feature_names", InOrder[..19]).Refused("feature_names: the end of the list at 19, expected 'sentiment_neg'");
        new TestCheckpoint().With("feature_names", new List<object?>(InOrder) { "open" }).Refused("feature_names: the text 'open' at 20");
    }

    [Fact]
    public void FeaturesThatReachTheNetwork_AreTakenWhereTheScalerLeavesOutTheOthers()
    {
        List<object?> reach = [FeatureNames.All[1], FeatureNames.All[5]];
        var scaler = (double others) => new Dictionary<object, object?>
        {
            ["mean"] = TestCheckpoint.Numbers(_ => 0.0),
            ["std"] = TestCheckpoint.Numbers(i => i is 1 or 5 ? 1.0 : others),
        };

        Assert.NotNull(Put("metadata", "features", reach).With("scaler", scaler(0)).Read());
        Put("metadata", "features", reach).With("scaler", scaler(1)).Refused("metadata['features']: the text 'change_1h' at 0, expected 'close'");
    }

    private static TestCheckpoint Put(string? dict, string key, object? value)
    {
        var checkpoint = Without("config");
        return dict is null ? checkpoint.With(key, value) : checkpoint.With(dict, new Dictionary<object, object?> { [key] = value });
    }

    private static TestCheckpoint Without(string key)
    {
        var checkpoint = new TestCheckpoint();
        checkpoint.Root.Remove(key);
        return checkpoint;
    }

    private static CheckpointReport Inspect(TestCheckpoint checkpoint) => CheckpointReader.Inspect(new MemoryStream(checkpoint.Bytes()), "tiny.pth");
}
