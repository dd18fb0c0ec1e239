using Coinsphere.Messaging.Hosting.Configuration;

namespace Coinsphere.Messaging.Hosting.Tests.Configuration;

public sealed class SettingNamesTests
{
    [Theory]
    [InlineData("PORT", "", "PORT")]
    [InlineData("Gateway__Port,PORT", "", "Gateway__Port")]
    [InlineData("GATEWAY__PORT", "", "GATEWAY__PORT")]
    [InlineData("Gateway__Port", "--Gateway:Port=1", "--Gateway:Port")]
    [InlineData("", "--gateway:port,1", "--gateway:port")]
    [InlineData("GATEWAY_PORT", "--Gateway:Host=x", null)]
    public void Name_IsTheOneThatSetTheKey(string variables, string arguments, string? expected) =>
        Assert.Equal(expected, SettingNames.Given("Gateway:Port", arguments.Split(','), variables.Split(',')));

    [Theory]
    [InlineData("RabbitMq:Url", "RabbitMq:Url (RABBITMQ_URL)")]
    [InlineData("Redis:Password", "Redis:Password")]
    public void KeyThatIsNotSet_GoesByItselfWithTheNameThatWouldSetIt(string key, string expected) => Assert.Equal(expected, SettingNames.Of(key));
}

/// <summary>These change the process's environment.</summary>
[Collection(nameof(ProcessEnvironment))]
public sealed class SettingNamesInSentencesTests : IDisposable
{
    public SettingNamesInSentencesTests() => Environment.SetEnvironmentVariable("CACHE_TTL", "300s");

    public void Dispose() => Environment.SetEnvironmentVariable("CACHE_TTL", null);

    [Fact]
    public void Sentence_NamesWhatWasSetAndKeepsTheRest() => Assert.Equal(
        "CACHE_TTL is '12:30:Foo:Bar': expected a number, or Records:KeepFor",
        SettingNames.AsGiven("Cache:PredictionSeconds (CACHE_TTL) is '12:30:Foo:Bar': expected a number, or Records:KeepFor"));
}
