using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.OpenApi;
using Coinsphere.Messaging.Gateway.Tests.Hosts;

namespace Coinsphere.Messaging.Gateway.Tests.OpenApi;

/// <summary>The examples of the OpenAPI document are what the service reads and writes.</summary>
public class ExampleTests
{
    public static TheoryData<string> Names { get; } = [.. All.Select(example => example.Name)];

    private static IEnumerable<PropertyInfo> All => typeof(Examples).GetProperties(BindingFlags.Public | BindingFlags.Static);

    [Theory]
    [MemberData(nameof(Names))]
    public void Example_IsEqualJsonOnceReadAndWritten(string name)
    {
        var example = All.Single(property => property.Name == name).GetValue(null)!;
        var written = JsonSerializer.SerializeToNode(example, example.GetType(), StrictJson.Options)!;

        var read = JsonSerializer.Deserialize(written, example.GetType(), StrictJson.Options)!;

        Assert.True(JsonNode.DeepEquals(written, JsonSerializer.SerializeToNode(read, example.GetType(), StrictJson.Options)), written.ToJsonString());
    }

    [Fact]
    public void Answer_IsShownAsItGoesOut()
    {
        AssertShown(Examples.Prediction, ContractsJson.Body.PredictionAnswer);
        AssertShown(Examples.Ensemble, ContractsJson.Body.EnsembleAnswer);
        AssertShown(Examples.RiskOfShare, ContractsJson.Body.RiskAnswer);
        AssertShown(Examples.Portfolio, ContractsJson.Body.PortfolioRiskAnswer);
        AssertShown(Examples.Model, ContractsJson.Body.ModelInfo);
        AssertShown(Examples.History, ContractsJson.Body.PredictionHistory);
        AssertShown(Examples.Accuracy, ContractsJson.Body.PredictionAccuracy);
    }

    [Fact]
    public void SecondView_HasEveryNameInCamelCase()
    {
        foreach (var answer in new object[] { Examples.Prediction, Examples.Risk })
        {
            var shown = Shown(endpoint => endpoint.AnswersInCamelCase(answer));
            var expected = CamelCased(JsonSerializer.SerializeToNode(answer, answer.GetType(), StrictJson.Options));
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(shown.Answer), expected), shown.Answer);
        }
    }

    [Fact]
    public void RequestsAndItemsOfBatches_LeaveOutWhatIsNull()
    {
        var shown = Shown(endpoint => endpoint.AnswersBatch(Examples.RiskBatch, Examples.RiskBatchRequest));

        Assert.Equal("""{"symbols":["BTC","XRP"]}""", shown.Request);
        Assert.Equal(
            """{"symbol":"XRP","refusal":{"reason":"no_prices","detail":"there are no prices of XRP"}}""",
            JsonNode.Parse(shown.Answer)!["results"]![1]!.ToJsonString());
    }

    private static void AssertShown<T>(T answer, JsonTypeInfo<T> type)
        where T : class => Assert.Equal(JsonSerializer.Serialize(answer, type), Shown(endpoint => endpoint.Answers(answer)).Answer);

    private static EndpointExamples Shown(Func<RouteHandlerBuilder, RouteHandlerBuilder> describe)
    {
        var app = WebApplication.CreateSlimBuilder().Build();
        describe(app.MapGet("/", () => Results.Ok()));
        return ((IEndpointRouteBuilder)app).DataSources.Single().Endpoints.Single().Metadata.GetRequiredMetadata<EndpointExamples>();
    }

    private static JsonNode? CamelCased(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.Select(member => KeyValuePair.Create(Name(member.Key), CamelCased(member.Value)))),
        JsonArray items => new JsonArray([.. items.Select(CamelCased)]),
        _ => node?.DeepClone(),
    };

    private static string Name(string snake)
    {
        var pascal = string.Concat(snake.Split('_').Select(word => $"{char.ToUpperInvariant(word[0])}{word[1..]}"));
        return $"{snake[0]}{pascal[1..]}";
    }
}
