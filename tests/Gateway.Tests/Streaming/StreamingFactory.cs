using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Streaming;
using Coinsphere.Messaging.Gateway.Tests.Hosts;

namespace Coinsphere.Messaging.Gateway.Tests.Streaming;

/// <summary>A gateway on a real socket, whose log of events a test writes.</summary>
public class StreamingFactory : GatewayFactory
{
    public StreamingFactory()
    {
        UseKestrel(0);
        StartServer();
    }

    internal EventHub Hub => Services.GetRequiredService<EventHub>();

    /// <summary>Waits until the log may be written.</summary>
    public HttpClient Client()
    {
        var client = Fresh();
        client.Timeout = TimeSpan.FromSeconds(30);
        return client;
    }

    /// <summary>Writes a prediction into the log, and returns its id.</summary>
    internal string Tell(string symbol, string timeframe = "7d", string? messageId = null, int bytes = 0) =>
        Tell(StreamChannel.Predictions, symbol, timeframe, messageId, bytes);

    internal string Tell(StreamChannel channel, string symbol, string? timeframe = null, string? messageId = null, int bytes = 0)
    {
        var id = default(StreamEventId);
        Hub.AppendNext(offset =>
        {
            var data = System.Text.Encoding.UTF8.GetBytes($$"""{"symbol":"{{symbol}}","n":{{offset}},"pad":"{{new string('x', bytes)}}"}""");
            id = StreamEventId.Of(offset, data);
            return new StreamEvent(channel, symbol, timeframe, id, messageId, DateTimeOffset.UtcNow, data);
        });
        return id.ToString();
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        base.ConfigureWebHost(builder);
        foreach (var (key, value) in Settings)
        {
            builder.UseSetting($"Streaming:{key}", value);
        }
    }

    /// <summary>The settings of streams.</summary>
    protected virtual IEnumerable<(string Key, string Value)> Settings => [];
}

/// <summary>With small limits.</summary>
public sealed class SmallStreamingFactory : StreamingFactory
{
    protected override IEnumerable<(string Key, string Value)> Settings =>
        [("MaxListeners", "3"), ("MaxWaiting", "8"), ("Window", "10"), ("Heartbeat", "00:00:00.2")];
}
