using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Hosting.Configuration;
using Microsoft.Extensions.Configuration;

namespace Coinsphere.Messaging.Hosting.Tests.Configuration;

public sealed class UnknownSettingsTests
{
    private static readonly SettingSection[] Sections = [
        SettingSection.Of<CacheOptions>("Cache"), new("Prices", ["Folder", "MaxAge"]), new("Prices", ["Database"])];

    [Theory]
    [InlineData("Prices:Foldr", "Prices:Folder")]
    [InlineData("Prices:folders", "Prices:Folder")]
    [InlineData("Price:Folder", "Prices:Folder")]
    [InlineData("Cache:PredictionSecond", "Cache:PredictionSeconds")]
    [InlineData("Cache:Whatever", null)]
    public void UnknownKey_IsFoundWithTheNearestOne(string key, string? nearest) => Assert.Equal((key, nearest), Assert.Single(Find(key)));

    [Theory]
    [InlineData("Prices:Folder")]
    [InlineData("prices:MAXAGE")]
    [InlineData("Prices:Database")]
    [InlineData("Cache:RiskSeconds")]
    [InlineData("Logging:LogLevel")]
    [InlineData("Caches:Whatever")]
    [InlineData("PRICES")]
    public void KnownKeysAndOtherSections_AreLeftAlone(string key) => Assert.Empty(Find(key));

    // What is computed of an option is no key.
    [Fact]
    public void PropertyThatCannotBeSet_IsNoKey() => Assert.Equal(
        ["PredictionSeconds", "RiskSeconds", "PastSeconds", "MaxPastDays", "MaxEntries", "Secret"], Sections[0].Keys);

    private static IEnumerable<(string, string?)> Find(string key) =>
        UnknownSettings.Find(new ConfigurationBuilder().AddInMemoryCollection([new(key, "x")]).Build(), Sections);
}
