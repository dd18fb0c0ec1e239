using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Coinsphere.Messaging.Hosting.Telemetry;

namespace Coinsphere.Messaging.Standalone.Tests;

/// <summary>Streams of one process, without a broker.</summary>
public sealed class StreamingTests : IAsyncLifetime
{
    private TestService _service = null!;

    public async ValueTask InitializeAsync()
    {
        var folder = new TestFolder().WithGolden(Golden.Alpha).WithGolden(Golden.Bravo);
        _service = await TestService.StartAsync(folder, ("Prices:Folder", folder.Prices));
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task Answer_IsStreamedAsItIsOverHttp_AndAPastDayIsNot()
    {
        using var http = _service.CreateClient();
        await using var predictions = await EventStream.OpenAsync(http, "/api/v1/stream/predictions");
        await using var risk = await EventStream.OpenAsync(http, "/api/v1/stream/risk");

        var scored = await _service.PostAsync("/risk-score", new { symbol = "BRAVO" });
        var predicted = await _service.PostAsync("/predict", new { symbol = "ALPHA" });
        await _service.PostAsync("/predict", new { symbol = "ALPHA" });
        var day = predicted.Json.GetProperty("data_as_of").GetString();
        Assert.Equal(200, (await _service.PostAsync("/predict", new { symbol = "ALPHA", timeframe = "14d", asOf = day })).Status);
        var other = await _service.PostAsync("/predict", new { symbol = "BRAVO" });

        var found = await predictions.NextAsync(2);
        Assert.Equal([predicted.Text, other.Text], found.Select(item => item.Data));
        Assert.Equal(scored.Text, (await risk.NextAsync()).Data);
    }

    [Fact]
    public async Task Streams_AreCounted()
    {
        var measured = new ConcurrentQueue<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == Meters.Name && instrument.Name.StartsWith("coinsphere.streams.", StringComparison.Ordinal))
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => measured.Enqueue($"{instrument.Name} {value} {Text(tags)}"));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => measured.Enqueue($"{instrument.Name} {value >= 0} {Text(tags)}"));
        listener.Start();
        using var http = _service.CreateClient();

        await using (var stream = await EventStream.OpenAsync(http, "/api/v1/stream/predictions"))
        {
            await _service.PostAsync("/predict", new { symbol = "ALPHA" });
            await stream.NextAsync();
            Assert.Contains("coinsphere.streams.listeners 1 transport=sse,channel=predictions", measured);
            await Until.True(() => measured.Contains("coinsphere.streams.delay True transport=sse"), "the delay is recorded");
        }

        await Until.True(() => measured.Contains("coinsphere.streams.listeners -1 transport=sse,channel=predictions"), "the end is counted");
    }

    private static string Text(ReadOnlySpan<KeyValuePair<string, object?>> tags) => string.Join(',', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"));
}
