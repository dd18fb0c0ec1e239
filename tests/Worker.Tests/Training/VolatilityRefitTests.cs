using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Training;
using Coinsphere.Messaging.Forecasting.Volatility;
using Coinsphere.Messaging.Worker.MarketData.Synthetic;
using Coinsphere.Messaging.Worker.Models;
using Coinsphere.Messaging.Worker.Training;
using Microsoft.Extensions.DependencyInjection;

namespace Coinsphere.Messaging.Worker.Tests.Training;

public sealed class VolatilityRefitTests : IAsyncLifetime
{
    private static readonly DateOnly Through = new(2025, 2, 20);
    private static readonly string[] Six = ["A", "B", "C", "D", "E", "F"];

    private TestWorker _worker = null!;

    private VolatilityRefit Refit => _worker.Services.GetRequiredService<VolatilityRefit>();

    private VolatilityStore Store => _worker.Services.GetRequiredService<VolatilityStore>();

    public async ValueTask InitializeAsync() => _worker = await TestWorker.StartAsync(new TestFolder(), "Retraining:Role", "Beside");

    public ValueTask DisposeAsync() => _worker.DisposeAsync();

    [Fact]
    public void ANewFit_ServesAtOnce_AndTheOneBeforeStays()
    {
        var first = Refit.Run(Histories(Six), Through.AddDays(-7))!;
        var second = Refit.Run(Histories(Six), Through)!;

        Store.Refresh();

        Assert.Equal(("v2025.2.13", "v2025.2.20", Through), (first.Version, second.Version, second.FittedThrough));
        Assert.Equal(second.Digest, Store.Current.Digest);
        Assert.Equal(first.Digest, VolatilityStore.Read(Assert.Single(_worker.Services.GetRequiredService<CheckpointFolder>().VolatilityVersions())).Digest);
        // The same again changes nothing.
        Assert.Null(Refit.Run(Histories(Six), Through));
    }

    [Fact]
    public void AFitOnFewerSymbols_OrOfAnEarlierDay_ReplacesNothing()
    {
        Assert.Null(Refit.Run(Histories(Six[..4]), Through));
        Refit.Run(Histories(Six), Through);

        Assert.Null(Refit.Run(Histories(Six[..5]), Through.AddDays(5)));
        Assert.Null(Refit.Run(Histories(Six), Through.AddDays(-1)));

        Store.Refresh();
        Assert.Equal("v2025.2.20", Store.Current.Version);
    }

    [Fact]
    public void SyntheticPrices_AreNotFitted()
    {
        LabelledHistory[] histories = [.. Histories(Six), new(new BarSeries("G", SyntheticSeries.Generate("G", Through)) { IsSynthetic = true })];

        Assert.Null(Refit.Run(histories, Through));
        Assert.Equal(VolatilityModel.Default.Digest, Store.Current.Digest);
    }

    [Fact]
    public void AFolderThatCannotBeWrittenTo_IsNoEndOfATraining()
    {
        Directory.CreateDirectory(Path.Combine(_worker.Folder.Models, CheckpointFolder.VolatilityName));

        Assert.Null(Refit.Run(Histories(Six), Through));
    }

    private static LabelledHistory[] Histories(string[] symbols) =>
        [.. symbols.Select(symbol => new LabelledHistory(new BarSeries(symbol, SyntheticSeries.Generate(symbol, Through.AddDays(10)))))];
}
