using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Health;
using Coinsphere.Messaging.Gateway.Models;
using Coinsphere.Messaging.Gateway.OpenApi;
using Coinsphere.Messaging.Gateway.Requests;
using Coinsphere.Messaging.Gateway.Tests.Hosts;

namespace Coinsphere.Messaging.Gateway.Tests.OpenApi;

/// <summary>The examples of the OpenAPI document are what the contracts read and write.</summary>
public class ExampleTests
{
    private static readonly Dictionary<string, Type> Contracts = new()
    {
        [nameof(Examples.PredictRequest)] = typeof(PredictBody),
        [nameof(Examples.EnsembleRequest)] = typeof(EnsembleBody),
        [nameof(Examples.PredictBatchRequest)] = typeof(PredictBatchBody),
        [nameof(Examples.RiskRequest)] = typeof(RiskBody),
        [nameof(Examples.RiskBatchRequest)] = typeof(RiskBatchBody),
        [nameof(Examples.Prediction)] = typeof(PredictionAnswer),
        [nameof(Examples.Ensemble)] = typeof(EnsembleAnswer),
        [nameof(Examples.PredictBatch)] = typeof(BatchAnswer<PredictionAnswer>),
        [nameof(Examples.Risk)] = typeof(RiskAnswer),
        [nameof(Examples.RiskBatch)] = typeof(BatchAnswer<RiskAnswer>),
        [nameof(Examples.Model)] = typeof(ModelInfo),
        [nameof(Examples.Models)] = typeof(ModelsDescribed),
        [nameof(Examples.CacheCleared)] = typeof(CacheCleared),
        [nameof(Examples.Prices)] = typeof(LatestPricesAnswer),
        [nameof(Examples.History)] = typeof(PredictionHistory),
        [nameof(Examples.Accuracy)] = typeof(PredictionAccuracy),
        [nameof(Examples.Health)] = typeof(Gateway.Health.Health),
        [nameof(Examples.Live)] = typeof(Liveness),
        [nameof(Examples.Ready)] = typeof(Readiness),
    };

    // Views of an answer, compared with the answer's own example.
    private static readonly Dictionary<string, string> Views = new()
    {
        [nameof(Examples.PredictionCamelCase)] = Examples.Prediction,
        [nameof(Examples.RiskCamelCase)] = Examples.Risk,
    };

    public static TheoryData<string> Names { get; } = [.. All.Select(field => field.Name)];

    private static IEnumerable<FieldInfo> All => typeof(Examples).GetFields(BindingFlags.Public | BindingFlags.Static);

    [Theory]
    [MemberData(nameof(Names))]
    public void Example_IsEqualJsonOnceReadAndWritten(string name)
    {
        var example = (string)All.Single(field => field.Name == name).GetRawConstantValue()!;
        if (Views.TryGetValue(name, out var answer))
        {
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(example), CamelCased(JsonNode.Parse(answer))), example);
            return;
        }

        var read = JsonSerializer.Deserialize(example, Contracts[name], StrictJson.Options)!;
        var written = JsonSerializer.SerializeToNode(read, Contracts[name], StrictJson.Options);
        // A request and an item of a batch may leave out what is null.
        if (name.EndsWith("Request", StringComparison.Ordinal) || name.EndsWith("Batch", StringComparison.Ordinal))
            written = WithoutOptionalNulls(written);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(example), written), $"{example}\n{written}");
    }

    private static JsonNode? WithoutOptionalNulls(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                return new JsonObject(members
                    .Where(member => member.Value is not null || member.Key is "last30Days" or "last90Days")
                    .Select(member => KeyValuePair.Create(member.Key, WithoutOptionalNulls(member.Value))));
            case JsonArray items:
                return new JsonArray([.. items.Select(WithoutOptionalNulls)]);
            default:
                return node?.DeepClone();
        }
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
