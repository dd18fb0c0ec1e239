using System.Text.Json;

namespace Coinsphere.Messaging.Contracts.Tests.Refusals;

public class RefusalReasonTests
{
    private static readonly string[] Vocabulary =
    [
        "invalid_request", "unsupported_symbol", "unsupported_timeframe", "invalid_as_of", "insufficient_history", "model_not_trained",
        "checkpoint_rejected", "stale_prices", "no_prices", "prices_unavailable", "overloaded", "broker_unavailable", "deadline_exceeded",
        "request_too_large", "cache_unavailable", "records_unavailable", "internal_error", "prices_rejected", "rule_not_found",
        "too_many_rules", "not_allowed", "unauthenticated", "keys_unavailable", "rate_limited",
    ];

    [Fact]
    public void EveryReason_IsWrittenAsItsSnakeCaseName() =>
        Assert.Equal(Vocabulary, Enum.GetValues<RefusalReason>().Select(reason => JsonSerializer.SerializeToElement(reason).GetString()));

    [Fact]
    public void EveryRefusal_ReadsBackAsItself()
    {
        foreach (var reason in Enum.GetValues<RefusalReason>())
        {
            var refusal = new RequestRefused(reason, "it's \"why\"");
            var generated = JsonSerializer.Serialize(refusal, ContractsJson.Body.RequestRefused);
            Assert.Equal(refusal, JsonSerializer.Deserialize(generated, ContractsJson.Body.RequestRefused));
            Assert.Equal(refusal, JsonSerializer.Deserialize<RequestRefused>(JsonSerializer.Serialize(refusal)));
        }
    }

    [Fact]
    public void Refusal_HasReasonAndDetailInReadableText() => Assert.Equal(
        """{"reason":"no_prices","detail":"the source has no 'XYZ'"}""",
        JsonSerializer.Serialize(new RequestRefused(RefusalReason.NoPrices, "the source has no 'XYZ'"), ContractsJson.Body.RequestRefused));

    [Fact]
    public void ReasonOfANewerService_ReadsAsInternalError() => Assert.Equal(
        new RequestRefused(RefusalReason.InternalError, "why"),
        JsonSerializer.Deserialize("""{"reason":"bad_luck","detail":"why"}""", ContractsJson.Body.RequestRefused));

    [Fact]
    public void ReasonThatIsNoText_IsNoRefusal() =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize("""{"reason":3,"detail":""}""", ContractsJson.Body.RequestRefused));
}
