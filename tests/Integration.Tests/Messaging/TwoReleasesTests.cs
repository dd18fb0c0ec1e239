using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Messaging;
using MassTransit;
using MassTransit.Serialization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Coinsphere.Messaging.Integration.Tests.Messaging;

/// <summary>
/// Processes of two releases on one bus: this one reads every message of the first, with fields it does not know, without fields it knows, and refuses to read
/// fields of another type.
/// </summary>
public sealed class TwoReleasesTests(TwoReleasesTests.Reader reader) : IClassFixture<TwoReleasesTests.Reader>
{
    public static TheoryData<string> Messages { get; } = [.. Bodies.Names];

    [Fact]
    public void EveryMessage_HasItsBody() => Assert.Equal(Reader.Types.Select(type => type.Name).Order(StringComparer.Ordinal), Bodies.Names);

    [Theory]
    [MemberData(nameof(Messages))]
    public async Task MessageOfTheFirstRelease_IsReadWithEveryFieldItHas_AlsoWithAnUnknownOne(string message)
    {
        var first = Bodies.Of(message);

        AssertHolds(first["message"]!, await reader.ReadAsync(message, first.ToJsonString()));
        AssertHolds(first["message"]!, await reader.ReadAsync(message, Bodies.With(message, "unknown_field", new JsonObject { ["a"] = 1 })));
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public async Task MessageWithoutAField_IsReadOrItsReasonNamesTheField(string message)
    {
        foreach (var (field, _) in Bodies.Of(message)["message"]!.AsObject())
        {
            var outcome = await reader.ReadAsync(message, Bodies.Without(message, field));
            Assert.True(outcome is JsonObject || outcome.ToString().StartsWith($"{field} is missing: expected ", StringComparison.Ordinal), outcome.ToString());
        }
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public async Task FieldOfAnotherType_IsNamedInTheReason(string message)
    {
        foreach (var (field, value) in Bodies.Of(message)["message"]!.AsObject())
        {
            JsonNode other = value is JsonValue text && text.GetValueKind() == JsonValueKind.String ? 5 : "a text where none is expected";
            var outcome = await reader.ReadAsync(message, Bodies.With(message, field, other));
            Assert.StartsWith($"{field} must be ", outcome.ToString(), StringComparison.Ordinal);
        }
    }

    // What this release adds may be there too.
    private static void AssertHolds(JsonNode expected, JsonNode read)
    {
        // Items may have more fields, as the message may.
        if (expected is JsonArray items)
        {
            var found = Assert.IsType<JsonArray>(read);
            Assert.Equal(items.Count, found.Count);
            foreach (var (item, other) in items.Zip(found))
            {
                AssertHolds(item!, other!);
            }

            return;
        }

        if (expected is not JsonObject fields)
        {
            Assert.True(JsonNode.DeepEquals(expected, read), $"{expected} is read as {read}");
            return;
        }

        foreach (var (field, value) in fields)
        {
            if (value is JsonObject or JsonArray { Count: > 0 })
            {
                AssertHolds(value, read[field]!);
            }
            else
            {
                Assert.True(JsonNode.DeepEquals(value, read[field]), $"{field} is read as {read[field]}");
            }
        }
    }

    /// <summary>A process that reads every message.</summary>
    public sealed class Reader : IAsyncLifetime
    {
        private readonly Broker _broker = new();
        private ServiceProvider? _provider;
        private Caller? _caller;

        public static IReadOnlyList<Type> Types { get; } =
        [
            .. typeof(PredictRequested).Assembly.GetExportedTypes().Where(type => Bodies.Names.Contains(type.Name)
                || type.Name.EndsWith("Requested", StringComparison.Ordinal)
                || type.Name.EndsWith("Completed", StringComparison.Ordinal)
                || type.Name.EndsWith("Scored", StringComparison.Ordinal)),
        ];

        public async ValueTask InitializeAsync()
        {
            await _broker.InitializeAsync();
            var configuration = new ConfigurationManager { ["RabbitMq:Url"] = _broker.AdminUrl };
            var services = new ServiceCollection();
            services.AddLogging();
            services.AddSingleton<ConcurrentQueue<object>>();
            services.AddRabbitMqBus(configuration, bus =>
            {
                bus.AddConfigureEndpointsCallback((context, _, endpoint) => endpoint.ConfigureError(
                    pipe => pipe.UseExecute(failed => context.GetRequiredService<ConcurrentQueue<object>>().Enqueue(failed.Exception.Message))));
                foreach (var type in Types)
                {
                    bus.AddConsumer(typeof(Consumer<>).MakeGenericType(type)).Endpoint(endpoint => endpoint.Name = $"read-{type.Name}");
                }
            });
            _provider = services.BuildServiceProvider();
            await _provider.GetRequiredService<IBusControl>().StartAsync(TimeSpan.FromSeconds(60));
            _caller = await Caller.ConnectAsync(_broker, _broker.AdminUrl);
        }

        /// <summary>The message as this release read it, or why it could not.</summary>
        public async Task<JsonNode> ReadAsync(string message, string body)
        {
            var read = _provider!.GetRequiredService<ConcurrentQueue<object>>();
            JsonNode? outcome = null;
            await _caller!.SendAsync($"Coinsphere.Messaging.Contracts:{message}", body, "application/vnd.masstransit+json");
            await Until.True(
                () => read.TryDequeue(out var found)
                    && (outcome = JsonSerializer.SerializeToNode(found, found.GetType(), SystemTextJsonMessageSerializer.Options)) is not null,
                $"{message} is read or refused");
            return outcome!;
        }

        public async ValueTask DisposeAsync()
        {
            if (_provider is not null)
            {
                await _provider.GetRequiredService<IBusControl>().StopAsync();
                await _provider.DisposeAsync();
            }

            await _broker.DisposeAsync();
        }

        private sealed class Consumer<T>(ConcurrentQueue<object> read) : IConsumer<T>
            where T : class
        {
            public Task Consume(ConsumeContext<T> context)
            {
                read.Enqueue(context.Message);
                return Task.CompletedTask;
            }
        }
    }
}
