using System.Globalization;
using System.Text;
using Coinsphere.Messaging.Worker.MarketData.Synthetic;
using RabbitMQ.Client;

namespace Coinsphere.Messaging.Integration.Tests.Lifecycle;

/// <summary>A trainer as a process of its own, on a real broker, asked by a client that knows JSON only.</summary>
public sealed class TrainerTests(LiveBroker live) : IClassFixture<LiveBroker>, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("coinsphere-trainer-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Request_TrainsAndTellsTheWorkers_AndATrainerThatEndsInBetweenLosesNone()
    {
        WritePrices();
        await using var serving = await ServiceProcess.StartWorkerAsync(live.Server.Url(Broker.Worker), Settings("None", 1));
        // More epochs than anybody waits for.
        await using (var trainer = await ServiceProcess.StartWorkerAsync(live.Server.Url(Broker.Worker), Settings("Only", 1000)))
        {
            await PublishAsync("""{"symbol":"eth","reason":"a test"}""");
            await Until.True(() => trainer.Output.Contains("Training on 1 symbols", StringComparison.Ordinal), () => trainer.Output);
            Assert.Equal(0, (await trainer.TerminateAsync()).ExitCode);
        }

        Assert.Empty(Directory.GetFiles(Models));
        await using var next = await ServiceProcess.StartWorkerAsync(live.Server.Url(Broker.Worker), Settings("Only", 1));

        await Until.True(() => File.Exists(Path.Combine(Models, "ETH_best.pth")), () => next.Output, TimeSpan.FromMinutes(1));
        await Until.True(async () => await live.Server.MessagesAsync("retrain") == 0, () => next.Output);
        await Until.True(() => serving.Output.Contains("ETH", StringComparison.Ordinal), () => serving.Output);
        Assert.Equal(0, await live.Server.MessagesAsync("retrain_error"));
    }

    private string Models => Directory.CreateDirectory(Path.Combine(_folder.FullName, "models")).FullName;

    private string Prices => Directory.CreateDirectory(Path.Combine(_folder.FullName, "prices")).FullName;

    private (string, string)[] Settings(string role, int epochs) =>
    [
        ("MODEL_CHECKPOINT_DIR", Models), ("Prices__Folder", Prices), ("Prices__MaxAge", ""), ("SUPPORTED_SYMBOLS", "ETH"), ("Retraining__Role", role),
        ("Retraining__Epochs", epochs.ToString(CultureInfo.InvariantCulture)), ("Retraining__HeldOutDays", "60"), ("Retraining__ValidationDays", "120"),
    ];

    private void WritePrices() => File.WriteAllLines(Path.Combine(Prices, "ETH.csv"), SyntheticSeries.Generate("ETH", new(2024, 12, 31))
        .Select(bar => string.Create(CultureInfo
            .InvariantCulture, $"{bar.Day:yyyy-MM-dd},{bar.Open},{bar.High},{bar.Low},{bar.Close},{bar.Volume}")).Prepend("time,open,high,low,close,volume"));

    private async Task PublishAsync(string json)
    {
        await using var connection = await new ConnectionFactory { Uri = new Uri(live.Server.Url(Broker.Operator)) }.CreateConnectionAsync(Cancel);
        await using var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true),
            Cancel);
        await channel.BasicPublishAsync(
            "Coinsphere.Messaging.Contracts:RetrainRequested", "", mandatory: true, new BasicProperties
            {
                ContentType = "application/json",
                Persistent = true
            }, Encoding.UTF8.GetBytes(json), Cancel);
    }
}
