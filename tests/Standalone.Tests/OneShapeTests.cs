using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Caching;
using MassTransit;

namespace Coinsphere.Messaging.Standalone.Tests;

/// <summary>An answer is one JSON on the bus, in the cache and over HTTP, whatever its prices are.</summary>
public sealed class OneShapeTests : IAsyncLifetime
{
    private readonly WireTap _wire = new();
    private TestService _service = null!;

    public async ValueTask InitializeAsync()
    {
        var folder = new TestFolder().WithGolden(Golden.Delta).WithModel("DOGE_best.pth", Golden.Charlie).WithPrices("DOGE", TinyPrices());
        _service = await TestService.StartAsync(folder, ("Prices:Folder", folder.Prices));
        _service.Services.GetRequiredService<IBusControl>().ConnectReceiveObserver(_wire);
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Theory]
    [InlineData("DELTA")]
    [InlineData("DOGE")]
    public async Task Prediction_IsTheSameOnTheBusInTheCacheAndOverHttp(string symbol)
    {
        await AskAsync<PredictRequested, PredictionAnswer>(Endpoints.Predict, new PredictRequested(symbol));

        await AssertSameAsync("prediction_id", CacheKey.Of(new PredictionQuery(symbol, "7d", null)), "/predict", symbol);
    }

    [Theory]
    [InlineData("DELTA")]
    [InlineData("DOGE")]
    public async Task Ensemble_IsTheSameOnTheBusInTheCacheAndOverHttp(string symbol)
    {
        await AskAsync<EnsemblePredictRequested, EnsembleAnswer>(Endpoints.PredictEnsemble, new EnsemblePredictRequested(symbol));

        var key = CacheKey.Of(new EnsembleQuery(new PredictionQuery(symbol, "7d", null), "weighted_average", 0.3));
        await AssertSameAsync("ensemble_metadata", key, "/predict/ensemble", symbol);
    }

    [Theory]
    [InlineData("DELTA")]
    [InlineData("DOGE")]
    public async Task Risk_IsTheSameOnTheBusInTheCacheAndOverHttp(string symbol)
    {
        await AskAsync<RiskRequested, RiskAnswer>(Endpoints.Risk, new RiskRequested(symbol));

        await AssertSameAsync("risk_score", CacheKey.Of(new RiskQuery(symbol, null)), "/risk-score", symbol);
    }

    [Fact]
    public async Task PortfolioRisk_IsTheSameOnTheBusAndOverHttp()
    {
        await AskAsync<PortfolioRiskRequested, PortfolioRiskAnswer>(
            Endpoints.PortfolioRisk, new PortfolioRiskRequested([new("DELTA", 0.6), new("DOGE", 0.4)]) { AsOf = "2024-06-30" });
        var bus = _wire.Message("diversification_ratio").Node;

        var holdings = new[] { new { symbol = "DELTA", weight = 0.6 }, new { symbol = "DOGE", weight = 0.4 } };
        var http = await _service.PostAsync("/risk-score/portfolio", new { holdings, asOf = "2024-06-30" });

        var body = http.Node!;
        foreach (var answer in new[] { bus, body })
        {
            foreach (var instant in new[] { "analyzed_at", "cache_expires_at" })
            {
                answer[instant] = null;
            }
        }

        Assert.True(JsonNode.DeepEquals(bus, body), $"{bus}\n{http.Text}");
        Assert.Equal(Numbers(bus), Numbers(body));
    }

    [Fact]
    public async Task Event_CarriesTheAnswerAsItIsInTheCache()
    {
        var told = Channel.CreateUnbounded<string>();
        var handle = _service.Services.GetRequiredService<IBusControl>().ConnectReceiveEndpoint("events", endpoint =>
        {
            endpoint.Handler<PredictionCompleted>(context => told.Writer.WriteAsync(context.Message.Answer.PredictionId).AsTask());
            endpoint.Handler<RiskScored>(context => told.Writer.WriteAsync(context.Message.Answer.Symbol).AsTask());
        });
        await handle.Ready;

        await AskAsync<PredictRequested, PredictionAnswer>(Endpoints.Predict, new PredictRequested("DOGE"));
        var id = await told.Reader.ReadAsync(TestContext.Current.CancellationToken);
        var prediction = _wire.Message("answer").Node["answer"]!.DeepClone();
        Assert.Equal(id, prediction["prediction_id"]!.GetValue<string>());
        await AssertCachedAsync(CacheKey.Of(new PredictionQuery("DOGE", "7d", null)), prediction);
        _wire.Clear();
        await AskAsync<RiskRequested, RiskAnswer>(Endpoints.Risk, new RiskRequested("DOGE"));
        Assert.Equal("DOGE", await told.Reader.ReadAsync(TestContext.Current.CancellationToken));
        await AssertCachedAsync(CacheKey.Of(new RiskQuery("DOGE", null)), _wire.Message("answer").Node["answer"]!.DeepClone());
    }

    [Fact]
    public async Task TinyPrice_IsAPlainDecimalEverywhere()
    {
        await AskAsync<PredictRequested, PredictionAnswer>(Endpoints.Predict, new PredictRequested("DOGE"));
        var http = (await _service.PostAsync("/predict", new { symbol = "DOGE" })).Text;
        var bus = _wire.Message("prediction_id").Raw;

        Assert.All(
            [http, bus],
            text => Assert.Contains("\"currentPrice\":0.00001234", text.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal));
        Assert.DoesNotMatch(@":\s*-?\d[\d.]*[eE]", http);
    }

    private async Task AskAsync<TRequest, TAnswer>(string endpoint, TRequest request)
        where TRequest : class
        where TAnswer : class
    {
        var client = _service.Services.GetRequiredService<IClientFactory>().CreateRequestClient<TRequest>(Endpoints.Address(endpoint));
        await client.GetResponse<TAnswer>(request, TestContext.Current.CancellationToken);
    }

    private async Task AssertSameAsync(string property, CacheKey key, string path, string symbol)
    {
        var bus = _wire.Message(property);
        var stored = await _service.Services.GetRequiredService<IResultCache>().ReadAsync(key, TestContext.Current.CancellationToken);
        var cached = JsonNode.Parse(stored!.Value.Span);
        var http = await _service.PostAsync(path, new { symbol });

        Assert.Equal("hit", http.Cache);
        Assert.True(JsonNode.DeepEquals(cached, http.Node), http.Text);
        Assert.Equal(Numbers(cached), Numbers(bus.Node));
        Assert.True(JsonNode.DeepEquals(cached, bus.Node), $"on the bus: {bus.Node.ToJsonString()}\nin the cache: {cached!.ToJsonString()}");
    }

    private async Task AssertCachedAsync(CacheKey key, JsonNode answer)
    {
        var stored = await _service.Services.GetRequiredService<IResultCache>().ReadAsync(key, TestContext.Current.CancellationToken);
        var cached = JsonNode.Parse(stored!.Value.Span);
        Assert.Equal(Numbers(cached), Numbers(answer));
        Assert.True(JsonNode.DeepEquals(cached, answer), answer.ToJsonString());
    }

    // The digits as they are written: DeepEquals holds 1.0 and 1 for equal.
    private static List<string> Numbers(JsonNode? json) => json switch
    {
        JsonObject many => many.SelectMany(pair => Numbers(pair.Value)).ToList(),
        JsonArray many => many.SelectMany(Numbers).ToList(),
        JsonValue one when one.GetValueKind() == System.Text.Json.JsonValueKind.Number => [$"{one.GetPath()}: {one.ToJsonString()}"],
        _ => [],
    };

    // DELTA's prices at a scale at which the last close is 0.00001234.
    private static IEnumerable<string> TinyPrices()
    {
        var lines = Golden.PriceLines(Golden.Delta);
        var scale = 0.00001234 / Cell(lines[^1], 4);
        return lines.Skip(1).Select(line =>
        {
            var price = string.Join(',', Enumerable.Range(1, 4).Select(column => (Cell(line, column) * scale).ToString("R", CultureInfo.InvariantCulture)));
            return $"{line[..10]},{price},{line.Split(',')[5]},";
        }).Prepend(lines[0]);
    }

    private static double Cell(string line, int column) => double.Parse(line.Split(',')[column], CultureInfo.InvariantCulture);

    /// <summary>Keeps the bodies that arrive, as they are on the wire.</summary>
    private sealed class WireTap : IReceiveObserver
    {
        private readonly ConcurrentQueue<string> _bodies = new();

        /// <summary>The message whose own JSON has such a property; it has arrived before its asker goes on.</summary>
        public (string Raw, JsonNode Node) Message(string property) =>
            _bodies.Select(raw => (Raw: raw, Node: JsonNode.Parse(raw)!["message"]!.DeepClone())).First(body => body.Node[property] is not null);

        public void Clear() => _bodies.Clear();

        public Task PreReceive(ReceiveContext context)
        {
            _bodies.Enqueue(Encoding.UTF8.GetString(context.Body.GetBytes()));
            return Task.CompletedTask;
        }

        public Task PostReceive(ReceiveContext context) => Task.CompletedTask;

        public Task PostConsume<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType) where T : class => Task.CompletedTask;

        public Task ConsumeFault<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception) where T : class =>
            Task.CompletedTask;

        public Task ReceiveFault(ReceiveContext context, Exception exception) => Task.CompletedTask;
    }
}
