using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Hosting.Tests.Configuration;

public class SymbolOptionsTests
{
    [Theory]
    [InlineData(null)]
    [InlineData(" ")]
    public void NothingConfigured_IsTheDefaultCatalog(string? supported)
    {
        var catalog = new SymbolOptions { Supported = supported }.ToCatalog();
        Assert.Equal(SymbolCatalog.Default.Supported, catalog.Supported);
        Assert.Equal(["MATIC", "POL"], catalog.NamesOf("MATIC"));
    }

    [Fact]
    public void Configured_TakesTheDefaultsPlace()
    {
        var catalog = new SymbolOptions { Supported = " btc, XRP ,,", Aliases = "XBT = BTC, RIPPLE=XRP" }.ToCatalog();
        Assert.Equal(["BTC", "XRP"], catalog.Supported);
        Assert.Equal(["XRP", "RIPPLE"], catalog.NamesOf("XRP"));
        Assert.Equal(["MATIC"], catalog.NamesOf("MATIC"));
    }

    [Theory]
    [InlineData("top50")]
    [InlineData("TOP50, btc")]
    [InlineData("POL,Top50")]
    public void Top50_NamesItsSymbols(string supported) =>
        Assert.Equal(SymbolCatalog.Top50.Order(), new SymbolOptions { Supported = supported }.ToCatalog().Supported.Order());

    [Fact]
    public void Top50_MayBeCombined()
    {
        var catalog = new SymbolOptions { Supported = "FOO,top50,BAR" }.ToCatalog();
        Assert.Equal(["FOO", .. SymbolCatalog.Top50, "BAR"], catalog.Supported);
        Assert.False(catalog.IsSupported("TOP50"));
    }

    [Fact]
    public void EmptyAliases_AreNone() => Assert.Equal(["MATIC"], new SymbolOptions { Aliases = "" }.ToCatalog().NamesOf("MATIC"));

    [Theory]
    [InlineData("Symbols:Supported", "BTC,E-TH", "'E-TH' is not a symbol")]
    [InlineData("Symbols:Supported", ",", "no symbol is supported")]
    [InlineData("Symbols:Aliases", "POL", "'POL' is not an alias: expected ALIAS=SYMBOL")]
    [InlineData("Symbols:Aliases", "A=B=C", "'A=B=C' is not an alias: expected ALIAS=SYMBOL")]
    [InlineData("Symbols:Aliases", "A=B,B=C", "alias 'A' leads to 'B'")]
    [InlineData("Symbols:Aliases", "POL=MATIC,POL=BTC", "POL")]
    public async Task WrongValue_StopsTheStartWithItsKeyAndItself(string key, string value, string why)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration[key] = value;
        builder.Services.AddSymbols();
        using var host = builder.Build();

        var wrong = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));
        Assert.Contains($"{key} is '{value}'", wrong.Message, StringComparison.Ordinal);
        Assert.Contains(why, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rules_GoByTheConfiguredSymbols()
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Symbols:Supported", "XRP")]).Build();
        using var services = new ServiceCollection().AddSingleton(configuration).AddSymbols().BuildServiceProvider();
        var rules = services.GetRequiredService<RequestRules>();
        Assert.False(rules.Check(new PredictRequested("xrp")).IsRefused);
        Assert.True(rules.Check(new PredictRequested("BTC")).IsRefused);
    }
}
