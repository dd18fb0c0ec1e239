using System.Text.Json;
using Coinsphere.Messaging.Hosting.Messaging;

namespace Coinsphere.Messaging.Hosting.Tests.Messaging;

/// <summary>The broker refuses a declaration that differs from the definitions.</summary>
public sealed class EventLogTests
{
    private static readonly JsonElement Definitions =
        JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "rabbitmq", "definitions.json"))).RootElement;

    [Fact]
    public void Definitions_DeclareTheLogAsProcessesDo()
    {
        var exchange = Assert.Single(Of("exchanges"), item => Text(item, "name") == EventLog.Exchange);
        Assert.Equal(("topic", true, false), (Text(exchange, "type"), Is(exchange, "durable"), Is(exchange, "auto_delete")));
        var queue = Assert.Single(Of("queues"), item => Text(item, "name") == EventLog.Queue);
        Assert.Equal(
            EventLog.Arguments.OrderBy(argument => argument.Key, StringComparer.Ordinal).Select(argument => $"{argument.Key} {argument.Value}"),
            queue.GetProperty("arguments").EnumerateObject().OrderBy(argument => argument.Name, StringComparer.Ordinal)
                .Select(argument => $"{argument.Name} {argument.Value}"));
        Assert.Equal(EventLog.Bindings, Of("bindings").Where(item => Text(item, "source") == EventLog.Exchange).Select(item => Text(item, "routing_key")));
    }

    [Fact]
    public void AnswersForAPastDay_HaveKeysThatTheLogIsNotBoundBy()
    {
        Assert.Equal("prediction.BTC.7d", EventLog.PredictionKey("BTC", "7d", null));
        Assert.Equal("replay.BTC.7d", EventLog.PredictionKey("BTC", "7d", new(2024, 6, 30)));
        Assert.Equal("risk.BTC", EventLog.RiskKey("BTC", null));
        Assert.Equal("replay-risk.BTC", EventLog.RiskKey("BTC", new(2024, 6, 30)));
        Assert.Equal("alert.BTC", EventLog.AlertKey("BTC"));
    }

    private static JsonElement.ArrayEnumerator Of(string part) => Definitions.GetProperty(part).EnumerateArray();

    private static string Text(JsonElement item, string name) => item.GetProperty(name).GetString()!;

    private static bool Is(JsonElement item, string name) => item.GetProperty(name).GetBoolean();
}
