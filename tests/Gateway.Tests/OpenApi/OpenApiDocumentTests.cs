using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.OpenApi;
using Coinsphere.Messaging.Gateway.Problems;
using Coinsphere.Messaging.Gateway.Requests;
using Coinsphere.Messaging.Gateway.Streaming;
using Coinsphere.Messaging.Gateway.Tests.Hosts;

namespace Coinsphere.Messaging.Gateway.Tests.OpenApi;

public partial class OpenApiDocumentTests(GatewayFactory gateway) : IClassFixture<GatewayFactory>
{
    private readonly HttpClient _client = gateway.Fresh();

    private IEnumerable<RouteEndpoint> Mapped => gateway.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Where(endpoint => endpoint.RoutePattern.RawText is not ("/" or "/openapi/{documentName}.json" or "/openapi.json" or WebSocketEndpoint.Path))
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
            var content = operation.GetProperty("responses").GetProperty("200").GetProperty("content");
            if (content.TryGetProperty("text/event-stream", out var answer))
            {
                Assert.Equal(examples.Answer, answer.GetProperty("example").GetString());
            }
            else
            {
                answer = content.GetProperty("application/json");
                AssertSameJson(examples.Answer, answer.GetProperty("example"));
            }

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
    public async Task Requests_NeedTheirSymbolOnly()
    {
        var schemas = (await DocumentAsync()).GetProperty("components").GetProperty("schemas");
        foreach (var (body, needed) in ((string, string)[])[
            (nameof(PredictBody), "symbol"), (nameof(EnsembleBody), "symbol"), (nameof(RiskBody), "symbol"), (nameof(PredictBatchBody), "symbols"),
            (nameof(RiskBatchBody), "symbols"), (nameof(PortfolioBody), "holdings")])
        {
            Assert.Equal([needed], schemas.GetProperty(body).GetProperty("required").EnumerateArray().Select(name => name.GetString()));
        }

        Assert.Equal("7d", schemas.GetProperty("Timeframe").GetProperty("default").GetString());
        Assert.Equal(["7d", "14d", "30d"], schemas.GetProperty("Timeframe").GetProperty("enum").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(0.3, schemas.GetProperty("MinConfidence").GetProperty("default").GetDouble());
        Assert.Equal("date", schemas.GetProperty(nameof(PredictBody)).GetProperty("properties").GetProperty("asOf").GetProperty("format").GetString());
    }

    [Fact]
    public async Task EveryExample_IsWhatItsSchemaSays()
    {
        var document = await DocumentAsync();
        foreach (var operation in document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()))
        {
            var media = operation.Value.GetProperty("responses").EnumerateObject().Select(response => response.Value).ToList();
            if (operation.Value.TryGetProperty("requestBody", out var body))
            {
                media.Add(body);
            }

            foreach (var content in media.SelectMany(one => one.GetProperty("content").EnumerateObject()).Select(one => one.Value))
            {
                if (content.TryGetProperty("example", out var example))
                {
                    SchemaCheck.AssertValid(document, content.GetProperty("schema"), example, operation.Value.GetProperty("operationId").GetString()!);
                }
            }
        }
    }

    [Fact]
    public async Task NoNumber_MayBeAText()
    {
        var text = await (await _client.SendAsync(HttpMethod.Get, "/openapi/v1.json")).TextAsync();
        Assert.DoesNotContain("\"pattern\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain(
            Types().Matches(text).Select(match => match.Value),
            types => types.Contains("\"string\"", StringComparison.Ordinal)
                && (types.Contains("\"integer\"", StringComparison.Ordinal) || types.Contains("\"number\"", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task EveryProperty_IsDescribed()
    {
        foreach (var schema in (await DocumentAsync()).GetProperty("components").GetProperty("schemas").EnumerateObject())
        {
            Assert.True(schema.Value.TryGetProperty("description", out _), schema.Name);
            if (schema.Value.TryGetProperty("properties", out var properties))
            {
                foreach (var property in properties.EnumerateObject())
                {
                    var described = property.Value.TryGetProperty("$ref", out _) || property.Value.TryGetProperty("description", out _);
                    Assert.True(described, $"{schema.Name}.{property.Name}");
                    Assert.DoesNotContain("&lt;", property.Value.GetRawText(), StringComparison.Ordinal);
                }
            }
        }
    }

    [Fact]
    public async Task CamelCaseViews_HaveTheirNames()
    {
        var document = await DocumentAsync();
        foreach (var (path, name) in ((string, string)[])[("/api/v1/predictions/{symbol}", "modelVersion"), ("/api/v1/risk/{symbol}", "riskScore")])
        {
            var schema = SchemaCheck.Resolve(document, document.GetProperty("paths").GetProperty(path).GetProperty("get").GetProperty("responses")
                .GetProperty("200").GetProperty("content").GetProperty("application/json").GetProperty("schema"));
            Assert.Contains(name, schema.GetProperty("required").EnumerateArray().Select(required => required.GetString()));
            Assert.DoesNotContain(schema.GetProperty("properties").EnumerateObject(), property => property.Name.Contains('_', StringComparison.Ordinal));
            foreach (var property in schema.GetProperty("properties").EnumerateObject())
            {
                var value = property.Value.TryGetProperty("$ref", out _) ? SchemaCheck.Resolve(document, property.Value) : property.Value;
                Assert.DoesNotContain(
                    value.TryGetProperty("properties", out var inner) ? inner.EnumerateObject() : default,
                    part => part.Name.Contains('_', StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public async Task Headers_AreThoseThatAreSent()
    {
        var document = await DocumentAsync();
        var predict = document.GetProperty("paths").GetProperty("/predict").GetProperty("post");
        var response = await _client.PostAsync("/predict", """{"symbol":"BTC","more":1}""");
        var described = predict.GetProperty("responses").GetProperty("200").GetProperty("headers").EnumerateObject().Select(header => header.Name).ToArray();
        Assert.Equal(["Cache-Control", "X-Cache", "X-Ignored-Fields", "X-Request-Id"], described.Order(StringComparer.Ordinal));
        Assert.All(described, name => Assert.True(response.Headers.Contains(name), name));
        var batch = document.GetProperty("paths").GetProperty("/predict/batch").GetProperty("post");
        Assert.Equal((5000, 30_000), (Deadline(predict), Deadline(batch)));
        Assert.True(predict.GetProperty("responses").GetProperty("503").GetProperty("headers").TryGetProperty("Retry-After", out _));
        Assert.True(predict.GetProperty("responses").TryGetProperty("415", out _));

        static int Deadline(JsonElement operation) => operation.GetProperty("parameters").EnumerateArray()
            .Single(parameter => parameter.GetProperty("name").GetString() == "X-Deadline-Ms").GetProperty("schema").GetProperty("default").GetInt32();
    }

    [Fact]
    public async Task OtherAddresses_ServeTheSameDocumentAndAnOlderForm()
    {
        var text = await (await _client.SendAsync(HttpMethod.Get, "/openapi/v1.json")).TextAsync();
        Assert.Equal(text, await (await _client.SendAsync(HttpMethod.Get, "/openapi.json")).TextAsync());
        var older = await (await _client.SendAsync(HttpMethod.Get, "/openapi/v1-3.0.json")).JsonAsync();
        Assert.StartsWith("3.0.", older.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        var interval = older.GetProperty("components").GetProperty("schemas").GetProperty(nameof(PricePrediction)).GetProperty("properties")
            .GetProperty("interval");
        Assert.True(interval.GetProperty("nullable").GetBoolean());
    }

    [Fact]
    public async Task Redoc_LoadsNothingFromOtherHosts()
    {
        var page = await (await _client.SendAsync(HttpMethod.Get, "/redoc/index.html")).TextAsync();
        var assets = Asset().Matches(page).Select(match => match.Groups[1].Value).ToArray();
        Assert.Equal(["index.css", "index.js"], assets);
        Assert.Contains("default-src 'self'", page, StringComparison.Ordinal);
        foreach (var asset in (string[])[.. assets, "redoc.standalone.js"])
        {
            Assert.Equal(HttpStatusCode.OK, (await _client.SendAsync(HttpMethod.Get, $"/redoc/{asset}")).StatusCode);
        }
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

    [GeneratedRegex("\"type\":\\s*\\[[^\\]]*\\]")]
    private static partial Regex Types();

    [GeneratedRegex("\"#/components/schemas/([^\"]+)\"")]
    private static partial Regex Reference();

    [GeneratedRegex("(?:src|href)=\"([^\"]+)\"")]
    private static partial Regex Asset();
}
