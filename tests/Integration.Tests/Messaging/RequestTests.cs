using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Worker.Models;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RabbitMQ.Client;

namespace Coinsphere.Messaging.Integration.Tests.Messaging;

/// <summary>Gateway and workers over a real broker, each as its own least-privileged user.</summary>
public sealed partial class RequestTests(RequestTests.System system) : IClassFixture<RequestTests.System>
{
    [Theory]
    [InlineData("/predict", """{"symbol":"BTC"}""", "prediction_id")]
    [InlineData("/predict/ensemble", """{"symbol":"BTC"}""", "ensemble_metadata")]
    [InlineData("/risk-score", """{"symbol":"ETH"}""", "risk_score")]
    public async Task Question_IsAnsweredThroughTheBroker(string path, string body, string field)
    {
        var answer = await system.PostAsync(path, body);

        Assert.True(JsonDocument.Parse(answer).RootElement.TryGetProperty(field, out _), answer);
    }

    [Fact]
    public async Task RefusalOfAWorker_ReachesTheCaller()
    {
        using var response = await system.Http.PostAsync("/predict", Json("""{"symbol":"BTC","asOf":"2011-01-01"}"""), TestContext.Current.CancellationToken);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.BadRequest, "insufficient_history"), (response.StatusCode, problem.GetProperty("reason").GetString()));
    }

    [Fact]
    public async Task ModelsAndPrices_AreAnsweredThroughTheBroker()
    {
        var model = await system.Http.GetFromJsonAsync<JsonElement>("/models/BTC", TestContext.Current.CancellationToken);
        var prices = await system.Http.GetFromJsonAsync<JsonElement>("/api/v1/prices?symbols=BTC", TestContext.Current.CancellationToken);

        Assert.Equal("trained", model.GetProperty("status").GetString());
        Assert.True(prices.GetProperty("prices").TryGetProperty("BTC", out _));
    }

    [Fact]
    public async Task Backtest_OfFiveYears_IsAnsweredThroughTheBroker()
    {
        var answer = await system.Http.GetFromJsonAsync<BacktestAnswer>(
            "/api/v1/backtest/BTC?from=2020-01-01&to=2024-12-31&timeframe=30d", TestContext.Current.CancellationToken);

        Assert.Equal(("BTC", new DateOnly(2024, 12, 31)), (answer!.Symbol, answer.Daily[^1].Day));
        Assert.True(answer is { Days: > 300, ReplayedDays: > 1000, Brier: > 0 and < 2 });
    }

    [Fact]
    public async Task PublishedRequest_IsConsumedOnceByTheDurableEndpoint()
    {
        const string Events = "client.request-tests";
        await system.Broker.DeclareAsync(Events, "Coinsphere.Messaging.Contracts:PredictionCompleted", "Coinsphere.Messaging.Contracts:RiskScored");
        await using var publisher = await system.Broker.StartPublisherAsync();
        var bus = publisher.GetRequiredService<IBusControl>();

        await bus.Publish(new RiskRequested("SOL"), TestContext.Current.CancellationToken);
        Assert.Equal(("SOL", "risk-durable"), Event(await system.Broker.TakeAsync(Events)));
        await bus.Publish(new PredictRequested("BTC") { AsOf = "2024-05-05" }, TestContext.Current.CancellationToken);
        await bus.Publish(new PredictRequested("ETH") { AsOf = "2024-05-05" }, TestContext.Current.CancellationToken);
        // Two workers listen, so either may be done first.
        var events = new[] { Event(await system.Broker.TakeAsync(Events)), Event(await system.Broker.TakeAsync(Events)) };
        Assert.Equal([("BTC", "predict-durable"), ("ETH", "predict-durable")], events.Order());
        Assert.Null(await system.Broker.TryTakeAsync(Events));
        await bus.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task DurableQueues_AreQuorumQueuesWithLimitsAndDeadLetters()
    {
        var queues = await system.Broker.QueuesAsync("type", "durable", "arguments", "policy");

        foreach (var name in (string[])["predict-durable", "risk-durable"])
        {
            var queue = queues[name];
            Assert.Equal("quorum", Text(queue, "type"));
            var arguments = queue.GetProperty("arguments").ToString();
            Assert.Contains("x-delivery-limit", arguments, StringComparison.Ordinal);
            Assert.Contains($"{name}_dead", arguments, StringComparison.Ordinal);
            Assert.Equal("durable", Text(queue, "policy"));
            Assert.Equal("parked", Text(queues[$"{name}_dead"], "policy"));
        }
    }

    // Each reply wakes every idle reader, and the library would have a thousand.
    [Fact]
    public async Task Replies_HaveAReaderForEachCore()
    {
        await system.PostAsync("/predict", """{"symbol":"BTC"}""");

        var probe = system.Gateway.Services.GetRequiredService<IBusControl>().GetProbeResult(TestContext.Current.CancellationToken);
        var endpoints = JsonSerializer.SerializeToNode(probe.Results)!["bus"]!["host"]!["receiveEndpoint"]!.AsArray();
        var replies = endpoints.Single(endpoint => (string?)endpoint!["name"] == "amq.rabbitmq.reply-to");
        Assert.Equal(Environment.ProcessorCount, (int)replies!["receiveTransport"]!["concurrentMessageLimit"]!);
    }

    [Fact]
    public async Task Broadcast_ReachesEveryWorker()
    {
        foreach (var worker in system.Workers)
        {
            await Until.True(() => Holds(worker, "SOL"), "each worker has loaded SOL");
        }

        using var response = await system.Http.DeleteAsync("/models/SOL/cache", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        foreach (var worker in system.Workers)
        {
            await Until.True(() => !Holds(worker, "SOL"), "each worker has dropped SOL");
        }
    }

    [Theory]
    [InlineData("predict", "/predict", """{"symbol":"BTC","timeframe":"14d","asOf":"2024-06-30"}""", "prediction")]
    [InlineData("predict-durable", "/predict", """{"symbol":"BTC","timeframe":"30d","asOf":"2024-06-30"}""", "prediction")]
    [InlineData("risk", "/risk-score", """{"symbol":"ETH","asOf":"2024-06-30"}""", "risk")]
    [InlineData("predict", "/predict", """{"symbol":"BTC","as_of":"2024-06-28","more":1}""", "prediction")]
    [InlineData("risk-durable", "/risk-score", """{"symbol":"BTC","as_of":"2024-06-28"}""", "risk")]
    [InlineData("risk-durable", "/risk-score", """{"symbol":"BTC","asOf":"2024-06-30"}""", "risk")]
    [InlineData("risk", "/risk-score", """{"symbol":"BTC","portfolio_allocation":0.25,"asOf":"2024-06-30"}""", "risk")]
    [InlineData(
        "portfolio-risk",
        "/risk-score/portfolio",
        """{"holdings":[{"symbol":"btc","weight":0.6},{"symbol":"ETH","weight":0.4}],"as_of":"2024-06-28"}""",
        "portfolio-risk")]
    public async Task PlainJson_IsAnsweredWithTheBodyOfHttp(string endpoint, string path, string request, string type)
    {
        var caller = await Caller.ConnectAsync(system.Broker);
        const string CorrelationId = "any text: ü * 日本";

        var reply = await caller.AskAsync(endpoint, request, CorrelationId);

        Assert.Equal((type, "application/json", CorrelationId), (reply.Type, reply.ContentType, reply.CorrelationId));
        Assert.Equal(WithoutInstants(await system.PostAsync(path, request)), WithoutInstants(reply.Body));
    }

    [Theory]
    [InlineData("predict", """{"symbol":"?"}""", "unsupported_symbol")]
    [InlineData("predict-durable", """{"symbol":"BTC","timeframe":"8d"}""", "unsupported_timeframe")]
    [InlineData("risk", "{}", "invalid_request")]
    [InlineData("risk-durable", """{"symbol":"BTC","asOf":"tomorrow"}""", "invalid_as_of")]
    [InlineData("portfolio-risk", "{}", "invalid_request")]
    [InlineData("portfolio-risk", """{"holdings":[{"symbol":"MATIC","weight":0.5},{"symbol":"POL","weight":0.5}]}""", "invalid_request")]
    public async Task RefusedPlainJson_IsAnsweredWithTheReason(string endpoint, string request, string reason)
    {
        var caller = await Caller.ConnectAsync(system.Broker);

        var reply = await caller.AskAsync(endpoint, request);

        Assert.Equal("refusal", reply.Type);
        Assert.Equal(reason, JsonDocument.Parse(reply.Body).RootElement.GetProperty("reason").GetString());
    }

    [Fact]
    public async Task PlainReply_GoesToAQueueThatExists()
    {
        await system.Broker.DeclareAsync("client.publisher.replies");
        var caller = await Caller.ConnectAsync(system.Broker);

        await caller.SendAsync("risk-durable", """{"symbol":"BTC"}""", replyTo: "client.publisher.replies", correlationId: "42");

        var reply = await system.Broker.TakeAsync("client.publisher.replies");
        Assert.Equal(("risk", "42"), (reply.BasicProperties.Type, reply.BasicProperties.CorrelationId));
    }

    [Fact]
    public async Task Samples_InNodeAndPython_AreAnswered()
    {
        var samples = Path.Combine(Repository.Root, "samples", "amqp");
        var installed = await CommandLine.RunAsync("npm", ["ci", "--no-audit", "--no-fund"], folder: Path.Combine(samples, "node"));
        Assert.True(installed.Code == 0, installed.Errors);

        foreach (var (program, script) in ((string, string)[])[("node", "node/ask.js"), ("/usr/bin/python3", "python/ask.py")])
        {
            var answer = await Ask("""{"symbol":"BTC","timeframe":"7d"}""");
            Assert.True(answer.Code == 0, answer.Errors);
            Assert.Equal("BTC", JsonDocument.Parse(answer.Output).RootElement.GetProperty("symbol").GetString());
            Assert.Equal(1, (await Ask("""{"symbol":"?"}""")).Code);

            Task<CommandResult> Ask(string request) =>
                CommandLine.RunAsync(
                    program, [script, "predict", request], folder: samples, environment: [("RABBITMQ_URL", system.Broker.Url(Broker.Publisher))]);
        }
    }

    private static bool Holds(IHost worker, string symbol) => worker.Services.GetRequiredService<ModelStore>().LoadedSymbols.Contains(symbol);

    private static (string? Symbol, string Endpoint) Event(BasicGetResult message)
    {
        var envelope = JsonDocument.Parse(message.Body).RootElement;
        return (envelope.GetProperty("message").GetProperty("answer").GetProperty("symbol")
            .GetString(), new Uri(envelope.GetProperty("sourceAddress").GetString()!).Segments[^1]);
    }

    private static string? Text(JsonElement queue, string column) => queue.GetProperty(column).GetString();

    private static string WithoutInstants(string body) => Instant().Replace(body, "when");

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    [GeneratedRegex("""\d{4}-\d\d-\d\dT[0-9:.]+Z""")]
    private static partial Regex Instant();

    /// <summary>A gateway and two workers.</summary>
    public sealed class System : IAsyncLifetime
    {
        private WebApplication? _gateway;

        public Broker Broker { get; } = new();

        public HttpClient Http { get; } = new();

        public WebApplication Gateway => _gateway!;

        public IReadOnlyList<IHost> Workers { get; private set; } = [];

        public async ValueTask InitializeAsync()
        {
            await Broker.InitializeAsync();
            Workers = [await Broker.StartWorkerAsync(), await Broker.StartWorkerAsync()];
            _gateway = await Broker.StartGatewayAsync();
            Http.BaseAddress = new Uri(_gateway.Urls.Single());
        }

        public async Task<string> PostAsync(string path, string body)
        {
            using var response = await Http.PostAsync(path, Json(body), TestContext.Current.CancellationToken);
            var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.True(response.StatusCode == HttpStatusCode.OK, text);
            return text;
        }

        public async ValueTask DisposeAsync()
        {
            Http.Dispose();
            foreach (var host in (IEnumerable<IHost?>)[_gateway, .. Workers])
            {
                if (host is null)
                {
                    continue;
                }

                await host.StopAsync();
                host.Dispose();
            }

            await Broker.DisposeAsync();
        }
    }
}
