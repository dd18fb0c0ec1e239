using Coinsphere.Messaging.Hosting.Caching;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Hosting.Tests.Caching;

public class CacheServicesTests
{
    [Fact]
    public void NothingConfigured_IsTheSpecifiedLifetimes()
    {
        var options = Options();
        Assert.Equal((300, 7_200, true), (options.PredictionSeconds, options.RiskSeconds, options.Enabled));
    }

    [Fact]
    public void LifetimeOfZero_TurnsTheCacheOff() => Assert.False(Options(("Cache:PredictionSeconds", "0")).Enabled);

    [Theory]
    [InlineData("Cache:PredictionSeconds", "-1")]
    [InlineData("Cache:PredictionSeconds", "86401")]
    [InlineData("Cache:RiskSeconds", "0")]
    [InlineData("Cache:MaxEntries", "0")]
    [InlineData("Cache:PredictionSeconds", "soon")]
    public void WrongValue_IsRefusedWithItsKeyAndItself(string key, string value)
    {
        var wrong = Assert.ThrowsAny<Exception>(() => Options((key, value)));
        Assert.Contains(key, wrong.Message, StringComparison.Ordinal);
        Assert.Contains(value, wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Redis:Endpoints", "redis-1")]
    [InlineData("Redis:Endpoints", "redis-1:6379,redis-2:0")]
    [InlineData("Redis:Endpoints", "redis 1:6379")]
    [InlineData("Redis:TlsAuthority", "/no/such.pem")]
    [InlineData("Redis:User", "app")]
    public void WrongRedis_IsRefusedWithItsKeyAndItself(string key, string value)
    {
        var wrong = Assert.Throws<OptionsValidationException>(() => Of<RedisOptions>([("Redis:Host", "redis"), (key, value)]));
        Assert.Contains($"{key} is '{value}': ", Assert.Single(wrong.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void Endpoints_GoBeforeHostAndPort()
    {
        var options = Of<RedisOptions>([("Redis:Host", "redis"), ("Redis:Endpoints", "redis-1:6379, redis-2:6380")]);
        Assert.Equal("redis-1:6379,redis-2:6380", options.Address);
    }

    private static CacheOptions Options(params (string Key, string Value)[] settings) => Of<CacheOptions>(settings);

    private static T Of<T>((string Key, string Value)[] settings) where T : class
    {
        IConfiguration configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build();
        using var services = new ServiceCollection()
            .AddSingleton(TimeProvider.System).AddSingleton(configuration).AddResultCache(configuration).BuildServiceProvider();
        return services.GetRequiredService<IOptions<T>>().Value;
    }
}
