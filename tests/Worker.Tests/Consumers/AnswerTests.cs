using System.Text.Json;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Caching;

namespace Coinsphere.Messaging.Worker.Tests.Consumers;

/// <summary>What happens to an answer besides the reply.</summary>
public sealed class AnswerTests : IAsyncLifetime
{
    private static readonly CacheKey PredictionKey = CacheKey.Of(new PredictionQuery(Golden.Delta, "7d", null));
    private static readonly CacheKey RiskKey = CacheKey.Of(new RiskQuery(Golden.Delta, null));

    private TestWorker _worker = null!;

    public async ValueTask InitializeAsync() => _worker = await TestWorker.StartAsync(new TestFolder().WithGolden(Golden.Delta));

    public ValueTask DisposeAsync() => _worker.DisposeAsync();

    [Fact]
    public async Task ComputedPrediction_IsToldOnce()
    {
        var answer = await _worker.PredictAsync(Golden.Delta);

        await _worker.Bus.ConsumedAsync<PredictRequested>();
        Assert.Equivalent(answer, Assert.Single(_worker.Bus.Published<PredictionCompleted>()).Answer, strict: true);
        Assert.Equivalent(answer, Assert.Single(_worker.Bus.Sent<PredictionAnswer>()), strict: true);
    }

    [Fact]
    public async Task ComputedRiskScore_IsToldOnce()
    {
        var answer = (await _worker.AskAsync(new RiskRequested(Golden.Delta))).Answer;

        await _worker.Bus.ConsumedAsync<RiskRequested>();
        Assert.Equivalent(answer, Assert.Single(_worker.Bus.Published<RiskScored>()).Answer, strict: true);
        Assert.Single(_worker.Bus.Sent<RiskAnswer>());
    }

    [Fact]
    public async Task RequestWithoutResponseAddress_IsAnsweredByEventAndStoreOnly()
    {
        await _worker.SendAsync(Endpoints.Predict, new PredictRequested(Golden.Delta));
        await _worker.SendAsync(Endpoints.Risk, new RiskRequested(Golden.Delta));
        await _worker.Bus.ConsumedAsync<PredictRequested>();
        await _worker.Bus.ConsumedAsync<RiskRequested>();

        Assert.Single(_worker.Bus.Published<PredictionCompleted>());
        Assert.Single(_worker.Bus.Published<RiskScored>());
        Assert.NotNull(await _worker.StoredAsync(PredictionKey));
        Assert.NotNull(await _worker.StoredAsync(RiskKey));
        AssertNoReply();
    }

    [Fact]
    public async Task RequestWithoutResponseAddress_IsRefusedInSilence()
    {
        await _worker.SendAsync(Endpoints.Predict, new PredictRequested("NOPE"));
        await _worker.SendAsync(Endpoints.PredictEnsemble, new EnsemblePredictRequested("BTC"));
        await _worker.SendAsync(Endpoints.Risk, new RiskRequested("?"));
        await _worker.SendAsync(Endpoints.Models, new ModelsRequested(["?"]));
        await _worker.SendAsync(Endpoints.Models, new ModelsRequested(["BTC"]));
        await _worker.SendAsync(Endpoints.Prices, new LatestPricesRequested([Golden.Delta]));
        await _worker.Bus.ConsumedAsync<PredictRequested>();
        await _worker.Bus.ConsumedAsync<EnsemblePredictRequested>();
        await _worker.Bus.ConsumedAsync<RiskRequested>();
        await _worker.Bus.ConsumedAsync<ModelsRequested>(2);
        await _worker.Bus.ConsumedAsync<LatestPricesRequested>();

        AssertNoReply();
    }

    [Fact]
    public async Task PublishedRequest_IsAnsweredByTheDurableEndpointOnly()
    {
        await _worker.PublishAsync(new PredictRequested(Golden.Delta, "30d"));
        for (var i = 0; i < 20; i++)
        {
            await _worker.PredictAsync(Golden.Delta);
        }

        await _worker.Bus.ConsumedAsync<PredictRequested>(21);
        Assert.Single(_worker.Bus.Published<PredictionCompleted>(), completed => completed.Answer.Timeframe == "30d");
    }

    [Fact]
    public async Task StoredBodies_AreTheReplies()
    {
        var prediction = await _worker.PredictAsync(Golden.Delta);
        var risk = (await _worker.AskAsync(new RiskRequested(Golden.Delta))).Answer!;
        var ensemble = (await _worker.AskAsync(new EnsemblePredictRequested(Golden.Delta))).Answer!;
        await _worker.Bus.ConsumedAsync<EnsemblePredictRequested>();

        var ensembleKey = CacheKey.Of(new EnsembleQuery(new PredictionQuery(Golden.Delta, "7d", null), "weighted_average", 0.3));
        Assert.Equal(JsonSerializer.Serialize(prediction, ContractsJson.Body.PredictionAnswer), await _worker.StoredAsync(PredictionKey));
        Assert.Equal(JsonSerializer.Serialize(risk, ContractsJson.Body.RiskAnswer), await _worker.StoredAsync(RiskKey));
        Assert.Equal(JsonSerializer.Serialize(ensemble, ContractsJson.Body.EnsembleAnswer), await _worker.StoredAsync(ensembleKey));
    }

    [Fact]
    public async Task PastDay_IsStoredUnderItsOwnKey()
    {
        await _worker.PredictAsync(Golden.Delta, asOf: "2024-07-15");
        await _worker.Bus.ConsumedAsync<PredictRequested>();

        Assert.Null(await _worker.StoredAsync(PredictionKey));
        Assert.NotNull(await _worker.StoredAsync(CacheKey.Of(new PredictionQuery(Golden.Delta, "7d", new DateOnly(2024, 7, 15)))));
    }

    [Fact]
    public async Task StoredAnswer_EndsWhenItSaysSo()
    {
        var answer = await _worker.PredictAsync(Golden.Delta);
        await _worker.Bus.ConsumedAsync<PredictRequested>();

        // Time goes on meanwhile.
        _worker.Time.SetUtcNow(answer.ExpiresAt.AddSeconds(-20));
        Assert.NotNull(await _worker.StoredAsync(PredictionKey));
        _worker.Time.SetUtcNow(answer.ExpiresAt);
        Assert.Null(await _worker.StoredAsync(PredictionKey));
    }

    [Fact]
    public async Task LifetimeOfNothing_StoresNothing()
    {
        await using var worker = await TestWorker.StartAsync(new TestFolder().WithGolden(Golden.Delta), "Cache:PredictionSeconds", "0");
        await worker.PredictAsync(Golden.Delta);
        Assert.NotNull((await worker.AskAsync(new RiskRequested(Golden.Delta))).Answer);
        await worker.Bus.ConsumedAsync<PredictRequested>();
        await worker.Bus.ConsumedAsync<RiskRequested>();

        Assert.Null(await worker.StoredAsync(PredictionKey));
        Assert.Null(await worker.StoredAsync(RiskKey));
    }

    private void AssertNoReply()
    {
        object[] replies =
        [
            .. Both<PredictionAnswer>(), .. Both<EnsembleAnswer>(), .. Both<RiskAnswer>(),
            .. Both<ModelsDescribed>(), .. Both<LatestPricesAnswer>(), .. Both<RequestRefused>(),
        ];
        Assert.Empty(replies);

        IEnumerable<object> Both<T>() where T : class => _worker.Bus.Sent<T>().Concat(_worker.Bus.Published<T>());
    }
}
