using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Worker.MarketData;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Coinsphere.Messaging.Worker.Tests.MarketData;

public sealed class AddPricesTests : IDisposable
{
    private readonly PriceFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("csv", "Prices:Folder", "{folder}", "Prices:Database", "postgresql://db/coins", "Prices:AllowSynthetic", "true")]
    [InlineData("postgres", "Prices:Folder", "", "Prices:Database", "postgresql://db/coins", "Prices:AllowSynthetic", "true")]
    [InlineData("postgres", "Prices:Database", "Host=db;Database=coins")]
    [InlineData("synthetic", "Prices:AllowSynthetic", "true", "Prices:Database", "")]
    [InlineData("synthetic", "environment", "Development")]
    public async Task Source_IsTheFirstThatIsConfigured(string name, params string[] settings)
    {
        using var host = Build(settings);
        await host.StartAsync(TestContext.Current.CancellationToken);

        Assert.Equal(name, host.Services.GetRequiredService<IPriceSource>().Name);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("Prices:AllowSynthetic")]
    [InlineData("Prices:Folder is '/no/such/folder'", "Prices:Folder", "/no/such/folder")]
    [InlineData("Prices:MaxAge is '-1.00:00:00'", "Prices:AllowSynthetic", "true", "Prices:MaxAge", "-1.00:00:00")]
    [InlineData("Prices:CommandTimeout is '00:00:00'", "Prices:AllowSynthetic", "true", "Prices:CommandTimeout", "0:0:0")]
    [InlineData(
        "Prices:AcceptedJumps has 'BTC:2024-02-30': expected SYMBOL:YYYY-MM-DD",
        "Prices:AllowSynthetic",
        "true",
        "Prices:AcceptedJumps",
        "ETH:2024-01-01,BTC:2024-02-30")]
    [InlineData("Prices:AcceptedJumps has '2024-01-01'", "Prices:AllowSynthetic", "true", "Prices:AcceptedJumps", "2024-01-01")]
    [InlineData("Prices:AcceptedJumps has 'B-C:2024-01-01'", "Prices:AllowSynthetic", "true", "Prices:AcceptedJumps", "B-C:2024-01-01")]
    [InlineData("DATABASE_URL", "Prices:Database", "mysql://me:s3cret@db/coins")]
    [InlineData("Prices:AllowSynthetic", "environment", "Development", "Prices:AllowSynthetic", "false")]
    public async Task WrongOption_StopsTheStartWithItsKey(string message, params string[] settings)
    {
        using var host = Build(settings);

        var fault = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ValueThatDoesNotBind_StopsTheStartWithItsKeyAndValue()
    {
        using var host = Build(["Prices:MaxAge", "soon"]);

        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync(TestContext.Current.CancellationToken));
        Assert.Contains("'soon' at 'Prices:MaxAge'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DataSource_IsThereOnlyWhereADatabaseIs()
    {
        using var without = Build(["Prices:AllowSynthetic", "true"]);
        Assert.Null(without.Services.GetService<NpgsqlDataSource>());

        using var with = Build(["Prices:Folder", "{folder}", "Prices:Database", "postgresql://db/coins"]);
        Assert.Contains("Timeout=5", with.Services.GetRequiredService<NpgsqlDataSource>().ConnectionString, StringComparison.Ordinal);
    }

    private IHost Build(string[] settings)
    {
        // Not the default builder: what the machine's environment says must not choose the source.
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Environment.EnvironmentName = settings.Chunk(2).FirstOrDefault(pair => pair[0] == "environment")?[1] ?? Environments.Production;
        builder.Configuration.AddInMemoryCollection(
            settings.Chunk(2).Select(pair => KeyValuePair.Create<string, string?>(pair[0], pair[1].Replace("{folder}", _folder.Path))));
        builder.Services.AddSingleton(SymbolCatalog.Default).AddPrices(builder.Configuration);
        return builder.Build();
    }
}
