using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.OpenApi;
using Coinsphere.Messaging.Gateway.Problems;
using Coinsphere.Messaging.Gateway.Tests.Hosts;

namespace Coinsphere.Messaging.Gateway.Tests.OpenApi;

public partial class OpenApiDocumentTests(GatewayFactory gateway) : IClassFixture<GatewayFactory>
{
    private readonly HttpClient _client = gateway.Fresh();

    private IEnumerable<RouteEndpoint> Mapped => gateway.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Where(endpoint => endpoint.RoutePattern.RawText is not ("/" or "/openapi/{documentName}.json" or "/openapi.json"))
        // HEAD is GET without the body, and no operation of its own.
        .Where(endpoint => Method(endpoint) != "head");

    [Fact]
    public async Task Document_ListsEveryMappedEndpoint()
    {
        var paths = (await DocumentAsync()).GetProperty("paths");
        var listed = paths.EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(operation => $"{operation.Name} {path.Name}"));
        var mapped = Mapped.Select(endpoint => $"{Method(endpoint)} {endpoint.RoutePattern.RawText}");
        Assert.Equal(mapped.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task EveryOperation_HasItsAnswerAndRequestAsExamples()
    {
        var document = await DocumentAsync();
        foreach (var endpoint in Mapped)
        {
            var operation = Operation(document, endpoint);
            Assert.NotEmpty(operation.GetProperty("summary").GetString()!);
            var examples = endpoint.Metadata.GetRequiredMetadata<EndpointExamples>();
            var answer = operation.GetProperty("responses").GetProperty("200").GetProperty("content").GetProperty("application/json");
            AssertSameJson(examples.Answer, answer.GetProperty("example"));
            Assert.True(answer.TryGetProperty("schema", out _));
            Assert.Equal(examples.Request is not null, operation.TryGetProperty("requestBody", out var body));
            if (examples.Request is not null)
            {
                AssertSameJson(examples.Request, body.GetProperty("content").GetProperty("application/json").GetProperty("example"));
            }
        }
    }

    [Fact]
    public async Task EveryOperation_HasEveryRefusalWithItsStatusAndAnExample()
    {
        var document = await DocumentAsync();
        foreach (var endpoint in Mapped)
        {
            var responses = Operation(document, endpoint).GetProperty("responses");
            foreach (var reason in endpoint.Metadata.GetRequiredMetadata<PossibleRefusals>().Reasons)
            {
                var name = JsonSerializer.SerializeToElement(reason).GetString()!;
                var example = responses.GetProperty($"{RefusalStatus.Of(reason)}").GetProperty("content").GetProperty("application/problem+json")
                    .GetProperty("examples").GetProperty(name).GetProperty("value");
                var problem = example.Deserialize(StrictJson.Problem)!;
                Assert.Equal((reason, RefusalStatus.Of(reason), RefusalStatus.Title(reason)), (problem.Reason, problem.Status, problem.Title));
            }
        }
    }

    [Fact]
    public async Task EveryReference_LeadsToASchemaOfTheDocument()
    {
        var text = await (await _client.SendAsync(HttpMethod.Get, "/openapi/v1.json")).TextAsync();
        var schemas = JsonDocument.Parse(text).RootElement.GetProperty("components").GetProperty("schemas");
        var references = Reference().Matches(text).Select(match => match.Groups[1].Value).ToArray();
        Assert.NotEmpty(references);
        Assert.All(references, name => Assert.True(schemas.TryGetProperty(name, out _), name));
    }

    [Fact]
    public async Task NumbersAndInstants_HaveTheirTypes()
    {
        var schemas = (await DocumentAsync()).GetProperty("components").GetProperty("schemas");
        Assert.Equal("number", Property(nameof(PricePrediction), "targetPrice").GetProperty("type").GetString());
        Assert.Equal("date-time", Property(nameof(PredictionAnswer), "generated_at").GetProperty("format").GetString());
        var weights = Property(nameof(EnsembleMetadata), "weights");
        Assert.Equal(("array", "number"), (weights.GetProperty("type").GetString(), weights.GetProperty("items").GetProperty("type").GetString()));
        Assert.Equal(["null", "number"], Types(Property(nameof(HistoricalAccuracy), "last30Days")));
        Assert.Equal(["null", "number"], Types(Property(nameof(ModelInfo), "accuracy_7d")));
        Assert.Equal(["null", "string"], Types(Property(nameof(ModelInfo), "last_trained")));

        JsonElement Property(string schema, string property) => schemas.GetProperty(schema).GetProperty("properties").GetProperty(property);

        static IEnumerable<string?> Types(JsonElement schema) =>
            schema.GetProperty("type").EnumerateArray().Select(type => type.GetString()).Order(StringComparer.Ordinal);
    }

    [Fact]
    public async Task Document_SaysOnceThatNothingIsFinancialAdvice()
    {
        var info = (await DocumentAsync()).GetProperty("info");
        Assert.Equal(("Coinsphere ML Service", "1.0.0"), (info.GetProperty("title").GetString(), info.GetProperty("version").GetString()));
        Assert.Contains("financial advice", info.GetProperty("description").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DocsPage_IsServedWithItsAssets()
    {
        var redirect = await _client.SendAsync(HttpMethod.Get, "/docs");
        Assert.Equal(HttpStatusCode.MovedPermanently, redirect.StatusCode);
        var address = new Uri(new Uri(_client.BaseAddress!, "/docs"), redirect.Headers.Location!);

        var page = await _client.GetAsync(address, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);

        var assets = Asset().Matches(await page.TextAsync()).Select(match => match.Groups[1].Value).ToArray();
        Assert.Contains(assets, asset => asset.EndsWith(".js", StringComparison.Ordinal));
        Assert.Contains(assets, asset => asset.EndsWith(".css", StringComparison.Ordinal));
        foreach (var asset in assets)
        {
            var at = new Uri(address, asset);
            Assert.Equal(_client.BaseAddress!.Host, at.Host);
            using var response = await _client.GetAsync(at, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    private static string Method(RouteEndpoint endpoint) =>
        Assert.Single(endpoint.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods).ToLowerInvariant();

    private static JsonElement Operation(JsonElement document, RouteEndpoint endpoint) =>
        document.GetProperty("paths").GetProperty(endpoint.RoutePattern.RawText!).GetProperty(Method(endpoint));

    private static void AssertSameJson(string expected, JsonElement found) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonSerializer.SerializeToNode(found)), $"{expected}\n{found}");

    private async Task<JsonElement> DocumentAsync()
    {
        var response = await _client.SendAsync(HttpMethod.Get, "/openapi/v1.json");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.JsonAsync();
    }

    [GeneratedRegex("\"#/components/schemas/([^\"]+)\"")]
    private static partial Regex Reference();

    [GeneratedRegex("(?:src|href)=\"([^\"]+)\"")]
    private static partial Regex Asset();
}
