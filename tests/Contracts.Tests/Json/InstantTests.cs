using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts.Tests.Json;

public class InstantTests
{
    [Theory]
    [InlineData("2025-10-12T14:30:00Z", "2025-10-12T14:30:00Z")]
    [InlineData("2025-10-12T14:30:00+00:00", "2025-10-12T14:30:00Z")]
    [InlineData("2025-10-12T16:30:00+02:00", "2025-10-12T14:30:00Z")]
    [InlineData("2025-10-12T14:30:00.5Z", "2025-10-12T14:30:00.5Z")]
    [InlineData("2025-10-12T14:30:00.1234567Z", "2025-10-12T14:30:00.1234567Z")]
    [InlineData("2025-10-12T14:30:00.1200000Z", "2025-10-12T14:30:00.12Z")]
    public void Instant_IsWrittenInUtcWithZAndTheFractionItHas(string instant, string expected)
    {
        var json = JsonSerializer.Serialize(new Times(DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture), null));
        Assert.Equal($$"""{"at":"{{expected}}","maybe":null}""", json);
        Assert.Equal(DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture), JsonSerializer.Deserialize<Times>(json)!.At);
    }

    [Fact]
    public void InstantInAnotherOffset_IsReadAsUtc() =>
        Assert.Equal(TimeSpan.Zero, JsonSerializer.Deserialize<Times>("""{"at":"2025-10-12T16:30:00+02:00"}""")!.At.Offset);

    [Theory]
    [InlineData("\"12/10/2025\"")]
    [InlineData("\"\"")]
    [InlineData("1760279400")]
    [InlineData("null")]
    public void WhatIsNoInstant_IsRefused(string json)
    {
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Times>($$"""{"at":{{json}}}"""));
    }

    private sealed record Times(
        [property: JsonPropertyName("at"), JsonConverter(typeof(InstantConverter))] DateTimeOffset At,
        [property: JsonPropertyName("maybe"), JsonConverter(typeof(InstantConverter))] DateTimeOffset? Maybe);
}
