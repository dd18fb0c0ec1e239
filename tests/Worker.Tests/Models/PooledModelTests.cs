using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Caching;

namespace Coinsphere.Messaging.Worker.Tests.Models;

/// <summary>The network that serves supported symbols without a model of their own.</summary>
public sealed class PooledModelTests : IAsyncLifetime
{
    private const string PooledFile = "pooled_best.pth";

    private TestWorker _worker = null!;

    public async ValueTask InitializeAsync() => _worker = await TestWorker.StartAsync(
        new TestFolder().WithGolden(Golden.Alpha).WithPrices("BTC", Golden.PriceLines(Golden.Bravo)).WithModel(PooledFile, Golden.Bravo));

    public ValueTask DisposeAsync() => _worker.DisposeAsync();

    [Fact]
    public async Task SymbolWithoutAModel_IsServedByThePooledNetwork_AndSaysSo()
    {
        var answer = await _worker.PredictAsync("BTC");
        var model = await _worker.DescribeAsync("BTC");

        Assert.Contains("BTC has no model of its own: the pooled network answers, which was not trained on BTC", answer.Warnings);
        Assert.Equal(
            (ModelInfo.Trained, true, PooledFile, answer.ModelDigest),
            (model.Status, model.Pooled, model.CheckpointPath, model.ModelDigest));
    }

    [Fact]
    public async Task SymbolWithAModel_IsServedByIt()
    {
        var answer = await _worker.PredictAsync(Golden.Alpha);

        Assert.DoesNotContain(answer.Warnings!, warning => warning.Contains("pooled", StringComparison.Ordinal));
        Assert.False((await _worker.DescribeAsync(Golden.Alpha)).Pooled);
    }

    [Fact]
    public async Task UnsupportedSymbol_IsNotTrained() => Assert.Equal(ModelInfo.NotTrained, (await _worker.DescribeAsync("FOO")).Status);

    [Fact]
    public async Task OwnModel_ServesAsSoonAsItIsThere_AndThePooledOneAfterItIsGone()
    {
        var pooled = await _worker.PredictAsync("BTC");
        _worker.Folder.WithModel("BTC_best.pth", Golden.Charlie);
        await _worker.RefreshAsync();
        Assert.Null(await _worker.StoredAsync(CacheKey.Of(new PredictionQuery("BTC", "7d", null))));
        var own = await _worker.PredictAsync("BTC");

        Assert.NotEqual(pooled.ModelDigest, own.ModelDigest);
        Assert.False((await _worker.DescribeAsync("BTC")).Pooled);

        _worker.Folder.DeleteModel("BTC_best.pth");
        await _worker.RefreshAsync();
        Assert.Equal(pooled.ModelDigest, (await _worker.PredictAsync("BTC")).ModelDigest);
    }

    [Fact]
    public async Task InvalidOwnModel_IsReported_NotReplaced()
    {
        _worker.Folder.WithGarbage("BTC_best.pth");
        await _worker.RefreshAsync();

        Assert.Equal(RefusalReason.CheckpointRejected, (await _worker.AskAsync(new PredictRequested("BTC"))).Refusal?.Reason);
    }

    [Fact]
    public async Task NewPooledNetwork_InvalidatesTheAnswersOfTheOldOne()
    {
        var old = await _worker.PredictAsync("BTC");
        var own = await _worker.PredictAsync(Golden.Alpha);
        _worker.Folder.WithModel(PooledFile, Golden.Charlie);
        await _worker.RefreshAsync();

        Assert.NotEqual(old.ModelDigest, (await _worker.PredictAsync("BTC")).ModelDigest);
        Assert.Equal(own.ModelDigest, (await _worker.PredictAsync(Golden.Alpha)).ModelDigest);
    }

    [Fact]
    public async Task Ensemble_CombinesTheVersionsOfThePooledNetwork()
    {
        _worker.Folder.WithModel("pooled_v1.pth", Golden.Charlie);
        await _worker.RefreshAsync();

        var answer = (await _worker.AskAsync(new EnsemblePredictRequested("BTC"))).Answer!;

        Assert.Equal(["pooled_best", "pooled_v1"], answer.EnsembleMetadata.ModelNames);
    }
}
