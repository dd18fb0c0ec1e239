using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Coinsphere.Messaging.Contracts;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RabbitMQ.Client;

namespace Coinsphere.Messaging.Integration.Tests.Messaging;

/// <summary>
/// What is no request of its endpoint is refused at once with what is wrong and where, and kept for people; how it is labelled matters to nobody.
/// </summary>
public sealed class UnreadableTests(UnreadableTests.OneWorker system) : IClassFixture<UnreadableTests.OneWorker>
{
    private const string Envelope = "application/vnd.masstransit+json";

    private static byte[] ByteOrderMark => [0xEF, 0xBB, 0xBF];

    public static TheoryData<string?, bool> Labels { get; } = new()
    {
        { null, false },
        { "", false },
        { "application/json; charset=utf-8", false },
        { "Application/JSON", false },
        { "text/plain", false },
        { "application/octet-stream", false },
        { "no media type", false },
        { "application/json", true },
        { null, true },
    };

    [Theory]
    [MemberData(nameof(Labels))]
    public async Task PlainJson_IsAnsweredWhateverItsLabel(string? contentType, bool hasMark)
    {
        var caller = await Caller.ConnectAsync(system.Broker);
        var body = Encoding.UTF8.GetBytes("""{"symbol":"BTC"}""");

        foreach (var endpoint in (string[])["predict", "risk", "predict-durable", "risk-durable"])
        {
            var reply = await caller.AskAsync(endpoint, hasMark ? [.. ByteOrderMark, .. body] : body, contentType, "42");

            Assert.Equal((endpoint.StartsWith("risk", StringComparison.Ordinal) ? "risk" : "prediction", "42"), (reply.Type, reply.CorrelationId));
        }
    }

    [Theory]
    [InlineData("predict", "application/json", """{"symbol":5}""", "symbol must be a text (line 1, byte 12 of the body)")]
    [InlineData("predict", "application/json", """{"symbol":"BTC","as-of":"2024-06-30"}""", "asOf is missing: found 'as-of', write asOf")]
    [InlineData("risk-durable", null, """{"symbol":"BTC","asOfDate":"2024-06-30"}""", "asOf is missing: found 'asOfDate', write asOf")]
    [InlineData("predict-ensemble", null, """{"symbol":"BTC","ensembleMethod":"mean"}""", "ensemble_method is missing: found 'ensembleMethod'")]
    [InlineData("portfolio-risk", null, """{"holdings":[],"as-of":"2024-06-30"}""", "asOf is missing: found 'as-of', write asOf")]
    [InlineData("portfolio-risk", null, """{"holdings":[{"symbol":"BTC","weight":"1"}]}""", "holdings[0].weight must be a number (line 1, byte 42 ")]
    [InlineData("risk-durable", null, """{"symbol":5}""", "symbol must be a text (line 1, byte 12 of the body)")]
    [InlineData("predict", "application/json", "{'symbol': 'BTC'}", "the body is not valid JSON at line 1, byte 2")]
    [InlineData("predict", null, "{'symbol': 'BTC'}", "the body is not valid JSON at line 1, byte 2")]
    [InlineData("risk", "text/plain", "BTC", "the body is not valid JSON at line 1, byte 1")]
    [InlineData("risk", "application/json", "{\"symbol\":\n", "the body is not valid JSON at line 2, byte 1")]
    [InlineData("predict", "application/json", "", "the body is empty: expected a JSON object")]
    [InlineData("predict-durable", null, "", "the body is empty: expected a JSON object")]
    [InlineData("predict", null, "null", "the body is null: expected a JSON object")]
    [InlineData("risk-durable", "application/json", "[]", "the body must be a JSON object (line 1, byte 2)")]
    [InlineData("risk-durable", "application/json", "\"BTC\"", "the body must be a JSON object (line 1, byte 6)")]
    [InlineData(
        "predict-ensemble",
        "application/json",
        """{"symbol":"BTC","min_confidence":"0.3"}""",
        "min_confidence must be a number (line 1, byte 40 of the body)")]
    [InlineData(
        "predict",
        "application/json",
        """{"symbol":"BTC","deadline":1764437000}""",
        "deadline must be an instant such as \"2025-10-12T14:30:00Z\" (line 1, byte ")]
    [InlineData(
        "predict-durable",
        "application/json",
        """{"symbol":"BTC","deadline":"2025-10-12 14:30:00"}""",
        "deadline must be an instant such as \"2025-10-12T14:30:00Z\" (line 1, byte ")]
    [InlineData(
        "models",
        "application/json",
        """{"symbols":["BTC"]}""",
        "only messages of MassTransit are accepted here, with the content type application/vnd.masstransit+json")]
    public async Task Unreadable_IsRefusedWithFieldAndPlaceAndKept(string endpoint, string? contentType, string body, string detail)
    {
        // As an administrator: the publisher may not send everywhere.
        var caller = await Caller.ConnectAsync(system.Broker, system.Broker.AdminUrl);

        var reply = await caller.AskAsync(endpoint, body, "any text", contentType);

        Assert.Equal(("refusal", "application/json", "any text"), (reply.Type, reply.ContentType, reply.CorrelationId));
        var refusal = Refusal(reply.Body);
        Assert.Equal("invalid_request", refusal.Reason);
        Assert.StartsWith(detail, refusal.Detail, StringComparison.Ordinal);
        var parked = await ParkedAsync(endpoint, body);
        Assert.Equal(refusal.Detail, Header(parked, "MT-Fault-Message"));
    }

    [Fact]
    public async Task UnreadableWithAQueueToReplyTo_IsRefusedThere_AndNotInOurs()
    {
        await system.Broker.DeclareAsync("client.publisher.unreadable");
        var caller = await Caller.ConnectAsync(system.Broker);

        await caller.SendAsync("risk", "{", replyTo: "risk-durable");
        await ParkedAsync("risk", "{");
        await caller.SendAsync("risk", "{", replyTo: "client.publisher.unreadable", correlationId: "42");
        await ParkedAsync("risk", "{");

        var reply = await system.Broker.TakeAsync("client.publisher.unreadable");
        Assert.Equal(("refusal", "42"), (reply.BasicProperties.Type, reply.BasicProperties.CorrelationId));
        Assert.Equal(0u, await system.Broker.CountAsync("risk-durable"));
        Assert.Null(await system.Broker.TryTakeAsync("risk-durable_error"));
    }

    // The broker accepts the property only from the user that it names.
    [Fact]
    public async Task UnreadableWithItsSendersName_IsKeptOnce()
    {
        var channel = await system.Broker.ChannelAsync(system.Broker.Url(Broker.Publisher));

        await channel.BasicPublishAsync(
            "risk", "", mandatory: true, new BasicProperties { UserId = Broker.Publisher }, "by name"u8.ToArray(), TestContext.Current.CancellationToken);

        var parked = await ParkedAsync("risk", "by name");
        Assert.Null(parked.BasicProperties.UserId);
        Assert.Null(await system.Broker.TryTakeAsync("risk_error"));
    }

    [Fact]
    public async Task UnreadableRequestOfTheBus_IsRefusedInsteadOfTimingOut()
    {
        var refusal = await AskOverTheBusAsync(new OtherPredictRequested(5));

        Assert.Equal(RefusalReason.InvalidRequest, refusal.Reason);
        Assert.StartsWith("symbol must be a text (line 2, byte", refusal.Detail, StringComparison.Ordinal);
        Assert.EndsWith("of the message)", refusal.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RequestOfTheBusOfAnotherKind_IsRefusedAndKept()
    {
        var refusal = await AskOverTheBusAsync(new RiskRequested("BTC"));

        Assert.Equal("predict takes no message of the kind urn:message:Coinsphere.Messaging.Contracts:RiskRequested", refusal.Detail);
        await system.Broker.TakeAsync("predict_skipped");
    }

    [Theory]
    [InlineData(Envelope)]
    [InlineData("APPLICATION/vnd.MassTransit+JSON; charset=utf-8")]
    [InlineData(null)]
    public async Task Envelope_IsReadWhateverTheCaseOfItsLabel_AlsoWithoutOne(string? contentType)
    {
        await system.Broker.DeclareAsync("client.events", "Coinsphere.Messaging.Contracts:PredictionCompleted");
        var caller = await Caller.ConnectAsync(system.Broker);
        var day = contentType is null ? "2024-03-01" : contentType == Envelope ? "2024-03-02" : "2024-03-03";

        await caller.SendAsync("predict-durable", """
            {"messageType":["urn:message:Coinsphere.Messaging.Contracts:PredictRequested"],"message":{"symbol":"BTC","asOf":"DAY"}}
            """.Replace("DAY", day, StringComparison.Ordinal), contentType);

        var answer = JsonDocument.Parse((await system.Broker.TakeAsync("client.events")).Body).RootElement.GetProperty("message").GetProperty("answer");
        Assert.Equal(day, answer.GetProperty("data_as_of").GetString());
    }

    [Theory]
    [InlineData("""{"requestId":5,"messageType":["urn:message:Coinsphere.Messaging.Contracts:PredictRequested"],"message":{"symbol":"BTC"}}""")]
    [InlineData("not an envelope")]
    [InlineData("[]")]
    [InlineData("{}")]
    public async Task BrokenEnvelope_IsKeptAndTheWorkerGoesOn(string body)
    {
        var caller = await Caller.ConnectAsync(system.Broker);

        await caller.SendAsync("predict-durable", body, Envelope, replyTo: "amq.rabbitmq.reply-to", correlationId: "none");

        await ParkedAsync("predict-durable", body);
        Assert.Equal("prediction", (await caller.AskAsync("predict-durable", """{"symbol":"BTC"}""")).Type);
    }

    private async Task<RequestRefused> AskOverTheBusAsync<T>(T request)
        where T : class
    {
        await using var publisher = await system.Broker.StartPublisherAsync(Broker.Gateway);
        var client = publisher.GetRequiredService<IClientFactory>().CreateRequestClient<T>(Endpoints.Address(Endpoints.Predict), TimeSpan.FromSeconds(10));
        try
        {
            return (await client.GetResponse<RequestRefused>(request, TestContext.Current.CancellationToken)
                .WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)).Message;
        }
        finally
        {
            await publisher.GetRequiredService<IBusControl>().StopAsync(TestContext.Current.CancellationToken);
        }
    }

    // What other tests left there comes first.
    private async Task<BasicGetResult> ParkedAsync(string endpoint, string body)
    {
        BasicGetResult? parked = null;
        await Until.True(
            async () => (parked = await system.Broker.TryTakeAsync($"{endpoint}_error") ?? await system.Broker.TryTakeAsync($"{endpoint}_skipped")) is not null
                && Encoding.UTF8.GetString(parked.Body.Span) == body,
            $"the message is kept beside {endpoint}");
        return parked!;
    }

    private static (string? Reason, string? Detail) Refusal(string body)
    {
        var refusal = JsonDocument.Parse(body).RootElement;
        return (refusal.GetProperty("reason").GetString(), refusal.GetProperty("detail").GetString());
    }

    private static string Header(BasicGetResult message, string name) => Encoding.UTF8.GetString((byte[])message.BasicProperties.Headers![name]!);

    /// <summary>What a release would send whose symbols are numbers.</summary>
    [MessageUrn("Coinsphere.Messaging.Contracts:PredictRequested")]
    public sealed record OtherPredictRequested([property: JsonPropertyName("symbol")] int Symbol);

    public sealed class OneWorker : IAsyncLifetime
    {
        private IHost? _worker;

        public Broker Broker { get; } = new();

        public async ValueTask InitializeAsync()
        {
            await Broker.InitializeAsync();
            _worker = await Broker.StartWorkerAsync();
        }

        public async ValueTask DisposeAsync()
        {
            if (_worker is not null)
            {
                await _worker.StopAsync();
                _worker.Dispose();
            }

            await Broker.DisposeAsync();
        }
    }
}
