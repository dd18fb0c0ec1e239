using System.Text.Json;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Features;

namespace Coinsphere.Messaging.Forecasting.Tests.Checkpoints;

// Checkpoints that PyTorch, NumPy and scikit-learn wrote. Their digests were computed in Python from what torch.load gave back,
// so equal digests mean equal weights, scaler and sequence length to the last bit.
public class GoldenCheckpointTests
{
    private static readonly string Golden = Path.Combine(AppContext.BaseDirectory, "Golden");

    [Theory]
    [InlineData("ALPHA", null, "e0a6737090256e8272d9d434976ccfa4f9a206aa11bdad61444d41a13989a0b9")]
    [InlineData("BRAVO", ScalerKind.ByName, "07e6c14394e0f427efca032636d6e981a13396d1e66f680c39253957bea9ea19")]
    [InlineData("CHARLIE", ScalerKind.StandardScaler, "420e08b720de81a0dda2afd578c96dbf78858fa52d107afc22b9921e1235980e")]
    [InlineData("DELTA", ScalerKind.ByPosition, "479aa5ac9d7a348b0a4213e7756d11bbec33e04014b8ed6ca107ad9ee8d493e0")]
    public void Golden_IsReadAsPyTorchReadsIt(string name, ScalerKind? scaler, string digest)
    {
        using var expected = JsonDocument.Parse(File.ReadAllText(Path.Combine(Golden, $"{name}_expected.json")));
        var root = expected.RootElement;

        var checkpoint = CheckpointReader.Read(Path.Combine(Golden, $"{name}_best.pth"));

        Assert.Equal(root.GetProperty("hidden_sizes").EnumerateArray().Select(h => h.GetInt32()), checkpoint.Weights.Layers.Select(l => l.Hidden));
        Assert.Equal(root.GetProperty("best_val_accuracy").GetDouble(), checkpoint.Metadata.BestValAccuracy);
        Assert.Equal(root.GetProperty("best_val_loss").GetDouble(), checkpoint.Metadata.BestValLoss);
        Assert.Equal(root.GetProperty("epoch").GetInt64(), checkpoint.Metadata.Epoch);
        Assert.Equal(scaler, checkpoint.Scaler?.Kind);
        Assert.Equal(90, checkpoint.SequenceLength);
        Assert.Equal(digest, checkpoint.Digest);
    }

    [Fact]
    public void GoldenWithoutMetadata_HasTheDefaults()
    {
        var metadata = CheckpointReader.Read(Path.Combine(Golden, "ALPHA_best.pth")).Metadata;

        Assert.Equal(("v1.0.0", null, metadata.BestValAccuracy), (metadata.ModelVersion, metadata.TrainedAt, metadata.TestAccuracy));
    }

    [Fact]
    public void GoldenWithMetadata_HasItsOwn()
    {
        var metadata = CheckpointReader.Read(Path.Combine(Golden, "BRAVO_best.pth")).Metadata;

        Assert.Equal(
            ("v1.2.0", new DateTimeOffset(2025, 10, 12, 10, 0, 0, TimeSpan.Zero), 0.4375),
            (metadata.ModelVersion, metadata.TrainedAt, metadata.TestAccuracy));
    }

    // made by Golden/torch/make.py
    [Theory]
    [InlineData("float64", "float64", "94f5418125d5de359dc488475f333ecff4ceefac42f4921410fe2110b19b40c5")]
    [InlineData("float16", "float16", "e8723bf9777bc3329fe18076643b10bea9476cc630198ffebe6ac044fde6e650")]
    [InlineData("bfloat16", "bfloat16", "8754025e4f3133ccd539aa6f779529a7ebc980769f5ca1fe5095ad08b0bbdc4f")]
    [InlineData("transposed", "float32", "e18b46e3729b55af1eff789efc2c93ee5e6da1ef8237cc1484d38985b90d98f8")]
    [InlineData("shared", "float32", "e18b46e3729b55af1eff789efc2c93ee5e6da1ef8237cc1484d38985b90d98f8")]
    [InlineData("parameters", "float32", "e18b46e3729b55af1eff789efc2c93ee5e6da1ef8237cc1484d38985b90d98f8")]
    public void EveryElementTypeAndLayout_IsReadAsPyTorchReadsIt(string kind, string dtype, string digest)
    {
        var report = CheckpointReader.Inspect(Path.Combine(Golden, "torch", $"{kind}.pth"));

        Assert.Equal("20-5-4-3-7-3", report.Architecture);
        Assert.All(report.Tensors, t => Assert.Equal(dtype, t.DType));
        Assert.Equal(digest, report.Checkpoint.Digest);
        // a 0-dimensional tensor, one in double, a NumPy float32
        Assert.Equal((12L, 0.5, 0.75), (report.Checkpoint.Metadata.Epoch, report.Checkpoint.Metadata.TestAccuracy, report.Checkpoint.Metadata.BestValLoss));
        Assert.Equal(30, report.Checkpoint.SequenceLength);
    }

    // with what trainers store beside a model: states of optimizers and schedulers, namespaces, devices, sets, random states, quantised and sparse tensors
    [Theory]
    [InlineData("unread")]
    [InlineData("protocol3")]
    [InlineData("protocol4")]
    [InlineData("protocol5")]
    public void EveryProtocol_IsReadAsPyTorchReadsItWhateverLiesBesideTheModel(string kind)
    {
        var report = CheckpointReader.Inspect(Path.Combine(Golden, "torch", $"{kind}.pth"));

        Assert.Equal("1aea00f3288938658bb2856ce8aa2d924c09cc07fd52aa0ff34d460cfc8a1701", report.Checkpoint.Digest);
        Assert.Equal((30, ScalerKind.ByPosition), (report.Checkpoint.SequenceLength, report.Checkpoint.Scaler?.Kind));
        Assert.Equal(0.75, report.Checkpoint.Metadata.BestValLoss);
        Assert.Contains("args (an object of 'argparse.Namespace')", report.Unread);
        Assert.Contains("scheduler_state_dict", report.Unread);
    }

    [Fact]
    public void StateDictOfAnAveragedModel_IsReadWithDefaults()
    {
        var report = CheckpointReader.Inspect(Path.Combine(Golden, "torch", "averaged.pth"));
        var plain = CheckpointReader.Read(Path.Combine(Golden, "torch", "parameters.pth"));

        Assert.Equal(plain.Weights.Layers[0].InputWeights, report.Checkpoint.Weights.Layers[0].InputWeights);
        Assert.Equal((null, 90), (report.WeightsKey, report.Checkpoint.SequenceLength));
        Assert.Equal(["module."], report.Prefixes);
        Assert.Equal(["n_averaged"], report.Unread);
    }

    [Fact]
    public void ModuleOfPyTorch_IsRefusedWithTheRepair()
    {
        var refusal = Assert.Throws<CheckpointException>(() => CheckpointReader.Read(Path.Combine(Golden, "torch", "module.pth")));

        Assert.Contains("it holds an object of '__main__.Network'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("torch.save({\"model_state_dict\": model.state_dict()", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ShippedCheckpoints_AreOfEverySupportedSymbolAndCalibrated()
    {
        string[] supported = ["ADA", "ATOM", "AVAX", "BNB", "BTC", "DOGE", "DOT", "ETC", "ETH", "LINK", "LTC", "MATIC", "SOL", "UNI", "XRP", "pooled"];
        var files = Directory.GetFiles(Repository.Checkpoints, "*_best.pth").Order(StringComparer.Ordinal).ToArray();

        Assert.Equal(supported, files.Select(file => Path.GetFileName(file)[..^"_best.pth".Length]));
        Assert.All(files, file =>
        {
            var report = CheckpointReader.Inspect(file);
            Assert.Equal("20-64-32-16-16-3", report.Architecture);
            Assert.Equal([7, 14, 30], report.Checkpoint.Calibrations!.Keys.Order());
            // trusted between not at all and wholly
            Assert.All(report.Checkpoint.Calibrations.Values, calibration => Assert.InRange(calibration.Scale, 0, 1));
            Assert.InRange(report.Checkpoint.Metadata.TestAccuracy!.Value, 0.3, 0.6);
        });
    }
}
