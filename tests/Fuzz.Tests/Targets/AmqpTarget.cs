using System.Text;
using System.Text.Json;
using Coinsphere.Messaging.Hosting.Messaging;
using Coinsphere.Messaging.Worker.Consumers;
using MassTransit;
using MassTransit.Transports;
using Microsoft.Extensions.DependencyInjection;

namespace Coinsphere.Messaging.Fuzz.Tests.Targets;

/// <summary>
/// A message as it comes from a broker, dispatched to the consumers of the worker: a line of JSON with its headers, then its body. It is consumed, of
/// another type, or refused as unreadable.
/// </summary>
internal sealed class AmqpTarget : IFuzzTarget
{
    private TestService? _service;
    private IReceiveEndpointDispatcher[] _dispatchers = [];

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        .. new[]
        {
            "{\"Content-Type\":\"application/json\"}\n{\"symbol\":\"DELTA\",\"timeframe\":\"7d\",\"asOf\":\"2024-06-30\"}",
            "{\"Content-Type\":\"application/json\",\"MessageId\":\"7f4b7c9e-8f0e-4d0e-9c8e-1f0a2b3c4d5e\"}\n{\"symbol\":\"DELTA\"}",
            "{\"Content-Type\":\"application/vnd.masstransit+json\"}\n{\"messageId\":\"7f4b0000-8f0e-4d0e-9c8e-1f0a2b3c4d5e\","
                + "\"requestId\":\"7f4b0000-8f0e-4d0e-9c8e-1f0a2b3c4d5f\","
                + "\"responseAddress\":\"loopback://localhost/none\",\"messageType\":[\"urn:message:Coinsphere.Messaging.Contracts:PredictRequested\","
                + "\"urn:message:Coinsphere.Messaging.Contracts:RiskRequested\"],\"message\":{\"symbol\":\"DELTA\",\"timeframe\":\"7d\"},"
                + "\"headers\":{},\"sentTime\":\"2024-01-01T00:00:00Z\"}",
            "{}\n{\"holdings\":[{\"symbol\":\"DELTA\",\"weight\":1}]}",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    public long MaxAllocated => long.MaxValue;

    public IReadOnlyList<byte[]> Tokens { get; } =
    [
        .. new[]
        {
            "\"", "\\", "\\u0000", "\\ud800", "{", "}", "[", "]", ":", ",", "null", "true", "-1", "1e999", "\0", "\n", "\"symbol\":", "\"message\":",
            "\"messageType\":[",
            "\"responseAddress\":\"rabbitmq://x/y?z\"", "\"faultAddress\":", "\"headers\":{\"a\":", "\"Content-Type\":",
            "application/vnd.masstransit+json", "\uFEFF",
            "\"expirationTime\":\"0001-01-01T00:00:00Z\"", "\"host\":{", "\"sentTime\":", new string('[', 100), new string('9', 400), "$type",
        }.Select(Encoding.UTF8.GetBytes),
        [0xff], [0xc3], [0xed, 0xa0, 0x80], [0xef, 0xbb, 0xbf],
    ];

    public async ValueTask StartAsync()
    {
        var folder = new TestFolder().WithGolden(Golden.Delta);
        _service = await TestService.StartAsync(folder, ("Prices:Folder", folder.Prices), ("Logging:LogLevel:Default", "None"));
        var services = _service.Services;
        _dispatchers =
        [
            services.GetRequiredService<IReceiveEndpointDispatcher<PredictConsumer>>(),
            services.GetRequiredService<IReceiveEndpointDispatcher<RiskConsumer>>(),
            services.GetRequiredService<IReceiveEndpointDispatcher<PortfolioRiskConsumer>>(),
            services.GetRequiredService<IReceiveEndpointDispatcher<EnsemblePredictConsumer>>(),
        ];
    }

    public async ValueTask<string> ReadAsync(byte[] input)
    {
        var end = Array.IndexOf(input, (byte)'\n');
        var outcome = "";
        foreach (var dispatcher in _dispatchers)
        {
            try
            {
                await dispatcher.Dispatch(end < 0 ? [] : input[(end + 1)..], Headers(input.AsSpan(0, end < 0 ? input.Length : end)), CancellationToken.None);
                outcome += "consumed ";
            }
            catch (UnreadableMessageException refusal)
            {
                outcome += refusal.Message;
            }
            catch (MessageNotConsumedException)
            {
                outcome += "of another type ";
            }
        }

        return outcome;
    }

    public ValueTask DisposeAsync() => _service?.DisposeAsync() ?? default;

    // What is no JSON is one header of that text.
    private static Dictionary<string, object> Headers(ReadOnlySpan<byte> line)
    {
        try
        {
            // The library takes an empty content type from a bus in memory only; of RabbitMQ it is none.
            return (JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(line) ?? [])
                .Where(header => header.Key != "Content-Type" || header.Value.ToString().Length > 0)
                .ToDictionary(header => header.Key, header => Value(header.Value));
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            return line.IsEmpty ? [] : new() { ["Content-Type"] = Encoding.Latin1.GetString(line) };
        }
    }

    private static object Value(JsonElement header) => header.ValueKind == JsonValueKind.Number ? header.GetDouble() : header.ToString();
}
