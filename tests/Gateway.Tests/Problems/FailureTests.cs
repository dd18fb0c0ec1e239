using System.Net;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Tests.Hosts;
using Coinsphere.Messaging.Hosting.Caching;
using Microsoft.AspNetCore.TestHost;

namespace Coinsphere.Messaging.Gateway.Tests.Problems;

/// <summary>Bugs: a worker that throws, and a gateway whose own code does.</summary>
public class FailureTests(FailureTests.BrokenFactory production, FailureTests.DevelopmentFactory development)
    : IClassFixture<FailureTests.BrokenFactory>, IClassFixture<FailureTests.DevelopmentFactory>
{
    private const string Internals = "s3cret connection string";

    [Fact]
    public async Task WorkerThatThrows_IsA500WithoutInternals() => await AssertFailsAsync(production, "BTC", showsInternals: false);

    [Fact]
    public async Task WorkerThatThrowsInDevelopment_IsA500WithItsCause() => await AssertFailsAsync(development, "BTC", showsInternals: true);

    [Fact]
    public async Task GatewayThatThrows_IsA500WithoutInternals() => await AssertFailsAsync(production, BrokenCache.Symbol, showsInternals: false);

    [Fact]
    public async Task GatewayThatThrowsInDevelopment_IsA500WithItsCause() => await AssertFailsAsync(development, BrokenCache.Symbol, showsInternals: true);

    private static async Task AssertFailsAsync(GatewayFactory gateway, string symbol, bool showsInternals)
    {
        var client = gateway.Fresh();
        gateway.Worker.Predict = _ => throw new InvalidOperationException(Internals);
        var response = await client.PostAsync("/predict", $$"""{"symbol":"{{symbol}}"}""");
        await response.ProblemAsync(HttpStatusCode.InternalServerError, RefusalReason.InternalError);

        var everything = $"{response}{await response.TextAsync()}";
        Assert.Equal(showsInternals, everything.Contains(Internals, StringComparison.Ordinal));
        Assert.Equal(showsInternals, everything.Contains(nameof(InvalidOperationException), StringComparison.Ordinal));
    }

    public class BrokenFactory : GatewayFactory
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            base.ConfigureWebHost(builder);
            builder.ConfigureTestServices(services => services.AddSingleton<IResultCache, BrokenCache>());
        }
    }

    public sealed class DevelopmentFactory : BrokenFactory
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            base.ConfigureWebHost(builder);
            builder.UseSetting("Gateway:ShowErrorDetails", "true");
        }
    }

    private sealed class BrokenCache : IResultCache
    {
        public const string Symbol = "ETH";

        public bool IsRedisConnected => false;

        public ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CacheKey key, CancellationToken cancellationToken) =>
            key.Symbol == Symbol ? throw new InvalidOperationException(Internals) : default;

        public ValueTask<CacheVersion> VersionAsync(string symbol, CancellationToken cancellationToken) => new(new CacheVersion("", IsShared: false));

        public ValueTask StoreAsync(CacheKey key, CacheVersion version, ReadOnlyMemory<byte> body, TimeSpan lifetime, CancellationToken cancellationToken) =>
            default;

        public ValueTask<bool> InvalidateAsync(string symbol, CancellationToken cancellationToken) => default;
    }
}
