using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Worker.Models;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Tests.Models;

/// <summary>An ONNX file is a model like any other.</summary>
public sealed class OnnxModelTests
{
    private static readonly string[] Fed = ["rsi", "close", "sentiment_neg", "log_returns", "volume_ma", "hl_spread"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Model_AnswersBesideCheckpoints()
    {
        await using var worker = await TestWorker.StartAsync(
            new TestFolder().WithGolden(Golden.Bravo).WithPrices("BTC", Golden.PriceLines(Golden.Delta)).WithOnnx("BTC_best.onnx", "gru"));

        var answer = (await worker.AskAsync(new PredictRequested("BTC", "7d") { Explain = true })).Answer!;
        var other = await worker.PredictAsync(Golden.Bravo);

        Assert.Equal("gru-1", answer.ModelVersion);
        Assert.StartsWith("onnxruntime-", answer.Kernel, StringComparison.Ordinal);
        Assert.DoesNotContain("onnxruntime", other.Kernel, StringComparison.Ordinal);
        Assert.Equal(1, answer.Prediction.Probabilities.Bearish + answer.Prediction.Probabilities.Neutral + answer.Prediction.Probabilities.Bullish, 2e-6);
        Assert.NotNull(answer.HistoricalAccuracy.Last30Days);
        // What it is not fed has no part in it.
        var contributions = answer.Contributions!;
        Assert.Equal(contributions.Probability - contributions.Baseline, contributions.Features.Sum(feature => feature.Contribution), 2e-5);
        Assert.All(contributions.Features, feature => Assert.True(feature.Contribution == 0 || Fed.Contains(feature.Feature), feature.Feature));
        Assert.Contains(contributions.Features, feature => feature.Contribution != 0);
        Assert.DoesNotContain(" +0.0", answer.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_JoinEnsembles_AreSwappedAndGo()
    {
        await using var worker = await TestWorker.StartAsync(
            new TestFolder().WithPrices("BTC", Golden.PriceLines(Golden.Delta)).WithOnnx("BTC_best.onnx", "gru").WithOnnx("BTC_v1.onnx", "transformer")
                .WithModel("BTC_v2.pth", Golden.Delta));
        var ensemble = (await worker.AskAsync(new EnsemblePredictRequested("BTC", "7d"))).Answer!;
        var before = await worker.PredictAsync("BTC");

        worker.Folder.WithOnnx("BTC_best.onnx", "convolution");
        await worker.RefreshAsync();
        var after = await worker.PredictAsync("BTC");
        worker.Folder.DeleteModel("BTC_best.onnx");
        await worker.RefreshAsync();

        Assert.Equal(["BTC_best", "BTC_v1", "BTC_v2"], ensemble.EnsembleMetadata.ModelNames);
        Assert.Equal(("gru-1", "convolution-1"), (before.ModelVersion, after.ModelVersion));
        Assert.NotEqual(before.ModelDigest, after.ModelDigest);
        Assert.Equal(RefusalReason.ModelNotTrained, (await worker.AskAsync(new PredictRequested("BTC", "7d"))).Refusal!.Reason);
    }

    [Fact]
    public async Task FileMovedIntoPlace_IsNoticed()
    {
        await using var worker = await TestWorker.StartAsync(new TestFolder().WithOnnx("BTC_best.onnx", "gru"), "Models:PollInterval", "01:00:00");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(60));

        worker.Folder.WithOnnx("BTC_best.onnx", "transformer");

        while ((await worker.DescribeAsync("BTC")).ModelVersion != "transformer-1")
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    [Fact]
    public async Task BesideACheckpoint_ItIsRefusedByName()
    {
        var log = new ListLogger<ModelStore>();
        using var folder = new TestFolder().WithOnnx("BTC_best.onnx", "gru").WithModel("BTC_best.pth", Golden.Bravo);
        using var store = Store(folder, log);

        await store.RefreshAsync(Cancel);
        await store.RefreshAsync(Cancel);

        var model = await store.DescribeAsync("BTC", Cancel);
        Assert.EndsWith("BTC_best.pth", model.CheckpointPath, StringComparison.Ordinal);
        Assert.Equal("BTC_best.onnx: BTC_best.pth exists too, and serves; expected one of them", model.Error);
        Assert.Single(log.Entries, entry => entry.Level == LogLevel.Error && entry.Text.Contains("BTC_best.onnx", StringComparison.Ordinal));

        folder.DeleteModel("BTC_best.pth");
        await store.RefreshAsync(Cancel);

        model = await store.DescribeAsync("BTC", Cancel);
        Assert.Equal(("gru-1", null), (model.ModelVersion, model.Error));
    }

    [Fact]
    public async Task BadFile_IsReported_AndTheOldModelGoesOn()
    {
        var log = new ListLogger<ModelStore>();
        using var folder = new TestFolder().WithOnnx("BTC_best.onnx", "gru");
        using var store = Store(folder, log);
        var before = (await store.GetAsync("BTC", Cancel)).Answer!;

        folder.WithGarbage("BTC_best.onnx");
        await store.RefreshAsync(Cancel);

        Assert.Same(before, (await store.GetAsync("BTC", Cancel)).Answer);
        Assert.Contains("BTC_best.onnx: file: ", (await store.DescribeAsync("BTC", Cancel)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ModelDroppedForOthers_IsReadAgainAndTheSame()
    {
        using var folder = new TestFolder().WithOnnx("BTC_best.onnx", "transformer");
        using var store = Store(folder, new ListLogger<ModelStore>());
        var before = (await store.GetAsync("BTC", Cancel)).Answer!;

        store.Forget("BTC");

        Assert.Empty(store.LoadedSymbols);
        var after = (await store.GetAsync("BTC", Cancel)).Answer!;
        Assert.NotSame(before, after);
        Assert.Equal((before.Digest, before.Bytes), (after.Digest, after.Bytes));
        var window = Enumerable.Range(0, before.SequenceLength * 20).Select(i => MathF.Sin(i)).ToArray();
        Assert.Equal(before.Run(window), after.Run(window));
    }

    private static ModelStore Store(TestFolder folder, ListLogger<ModelStore> log) => TestModels.Store(
        new ModelsOptions
        {
            Folder = folder.Models
        }, SymbolCatalog.Default, new MemoryResultCache(FakeTime.At(TestWorker.Now), Options.Create(new CacheOptions())), log);
}
