using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Health;
using Coinsphere.Messaging.Hosting.Messaging;
using Coinsphere.Messaging.Worker.Models;
using Microsoft.Extensions.DependencyInjection;

namespace Coinsphere.Messaging.Worker.Tests.Models;

public sealed class ModelMessagesTests : IAsyncLifetime
{
    private TestWorker _worker = null!;

    public async ValueTask InitializeAsync() =>
        _worker = await TestWorker.StartAsync(new TestFolder().WithGolden(Golden.Bravo).WithModel("BTC_best.pth", Golden.Delta));

    public ValueTask DisposeAsync() => _worker.DisposeAsync();

    [Fact]
    public async Task LoadedModels_AreReportedAtTheStartAndAfterAChange()
    {
        await _worker.Bus.PublishedAsync<ModelsReported>(report => report.Symbols.Order().SequenceEqual(["BRAVO", "BTC"]));

        // No request makes the worker refresh.
        _worker.Folder.WithModel("POL_best.pth", Golden.Delta).DeleteModel("BTC_best.pth");

        await _worker.Bus.PublishedAsync<ModelsReported>(report => report.Symbols.Order().SequenceEqual(["BRAVO", "MATIC"]));
        Assert.Equal("managed", Assert.Single(_worker.Bus.Published<ModelsReported>().Select(report => (report.WorkerId, report.Engine)).Distinct()).Engine);
    }

    // A report that a broker was holding back would make a gateway say so after it is over.
    [Fact]
    public async Task WhatIsWrong_IsReportedButForTheBrokerThatReportsComeBy()
    {
        var conditions = _worker.Services.GetRequiredService<Conditions>();
        conditions.Reason(BrokerWatch.Name, "it accepts no messages");
        conditions.Reason("models", "the folder is gone");

        await _worker.Bus.PublishedAsync<ModelsReported>(report => report.Reasons!.Count > 0);
        Assert.All(_worker.Bus.Published<ModelsReported>(), report => Assert.DoesNotContain(report.Reasons!, reason => reason != "models: the folder is gone"));
    }

    [Fact]
    public async Task Descriptions_ComeInTheOrderAskedFor()
    {
        var models = (await _worker.AskAsync(new ModelsRequested(["pol", "BRAVO"]))).Answer!.Models;

        Assert.Equal(new ModelInfo("MATIC", "not_trained", "N/A", null, null, null, null, null), models[0]);
        // The test accuracy of the checkpoint's metadata goes before its validation accuracy, which is 5/12.
        Assert.Equal(
            ("BRAVO", "trained", 0.4375, "BRAVO_best.pth", null),
            (models[1].Symbol, models[1].Status, models[1].Accuracy7d!.Value, models[1].CheckpointPath, models[1].Error));
        Assert.Equal((await _worker.PredictAsync(Golden.Bravo)).ModelDigest, models[1].ModelDigest);
    }

    [Theory]
    [InlineData("../models/BTC")]
    [InlineData("")]
    public async Task TextThatIsNoSymbol_IsRefused(string text)
    {
        // A path from the folder of models to a file of its own would be found, were it looked for.
        var result = await _worker.AskAsync(new ModelsRequested([text]));

        Assert.Equal(RefusalReason.UnsupportedSymbol, result.Refusal?.Reason);
    }

    [Fact]
    public async Task ClearedCache_DropsModelAndAnswers()
    {
        var store = _worker.Services.GetRequiredService<ModelStore>();
        var cancel = TestContext.Current.CancellationToken;
        var (model, version) = ((await store.GetAsync("BRAVO", cancel)).Answer, await _worker.Cache.VersionAsync("BRAVO", cancel));
        var other = (await store.GetAsync("BTC", cancel)).Answer;

        await _worker.PublishAsync(new CacheClearRequested("bravo"));
        await _worker.Bus.ConsumedAsync<CacheClearRequested>();

        Assert.NotSame(model, (await store.GetAsync("BRAVO", cancel)).Answer);
        Assert.NotEqual(version, await _worker.Cache.VersionAsync("BRAVO", cancel));
        Assert.Same(other, (await store.GetAsync("BTC", cancel)).Answer);
    }
}
