using System.Diagnostics.Metrics;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Hosting.Health;
using Coinsphere.Messaging.Hosting.Telemetry;
using Coinsphere.Messaging.Worker.Consumers;
using Coinsphere.Messaging.Worker.Events;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.MarketData.Synthetic;
using Coinsphere.Messaging.Worker.Serving;
using MassTransit;
using MassTransit.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Tests.Consumers;

/// <summary>An answer whose event the bus does not take.</summary>
public sealed class BestEffortEventTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EventThatIsNotTaken_AfterAReply_IsCountedAndFailsNothing()
    {
        var lost = 0L;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument is { Meter.Name: Meters.Name, Name: "coinsphere.events.lost" })
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref lost, value));
        listener.Start();
        await using var services = await StartAsync<AskedConsumer, InteractiveDefinition>();
        var harness = services.GetRequiredService<ITestHarness>();

        var response = await harness.GetRequestClient<ModelsRequested>().GetResponse<ModelInfo>(new ModelsRequested([]), Cancel);
        Assert.True(await harness.Consumed.Any<ModelsRequested>(Cancel));

        await services.GetRequiredService<CompletionPublisher>().DrainAsync();

        Assert.Equal("BTC", response.Message.Symbol);
        Assert.False(await harness.Published.Any<Fault<ModelsRequested>>(message => true, new CancellationToken(canceled: true)));
        Assert.Equal(1, Interlocked.Read(ref lost));
    }

    [Fact]
    public async Task EventThatIsNotTaken_OnADurableEndpoint_FailsTheRequest()
    {
        await using var services = await StartAsync<Durably<AskedConsumer, ModelsRequested>, DurableDefinition>();
        var harness = services.GetRequiredService<ITestHarness>();

        await harness.Bus.Publish(new ModelsRequested([]), Cancel);

        Assert.True(await harness.Published.Any<Fault<ModelsRequested>>(Cancel));
    }

    private static async Task<ServiceProvider> StartAsync<TConsumer, TDefinition>()
        where TConsumer : class, IConsumer
        where TDefinition : class, IConsumerDefinition<TConsumer>
    {
        var services = new ServiceCollection()
            .AddSingleton(TimeProvider.System)
            .AddSingleton(Options.Create(new CacheOptions()))
            .AddSingleton<IResultCache, MemoryResultCache>()
            .AddSingleton(SymbolCatalog.Default)
            .AddSingleton<IPriceSource, SyntheticPriceSource>()
            .AddSingleton<CacheVersions>()
            .AddSingleton<ComputingThreads>()
            .AddSingleton<SingleFlight>()
            .AddSingleton<Replies>()
            .AddSingleton<RefusalLog>()
            .AddConditions()
            .AddSingleton(new WorkerRoles(Answers: true, Writes: false, Trains: false))
            .AddSingleton<PlainEvents>()
            .AddSingleton<CompletionPublisher>()
            .AddSingleton<AnswerPipeline>()
            .AddSingleton<AskedConsumer>()
            .AddLogging()
            .AddMassTransitTestHarness(bus =>
            {
                bus.AddConsumer<TConsumer, TDefinition>();
                bus.UsingInMemory((context, memory) =>
                {
                    memory.UsePublishFilter(typeof(Refuse<>), context, filter => filter.Include<ModelsReported>());
                    memory.ConfigureEndpoints(context);
                });
            })
            .BuildServiceProvider(validateScopes: true);
        await services.GetRequiredService<ITestHarness>().Start();
        return services;
    }

    private sealed class InteractiveDefinition : InteractiveConsumerDefinition<AskedConsumer>
    {
        public InteractiveDefinition() => EndpointName = "asked";

        protected override void ConfigureConsumer(
            IReceiveEndpointConfigurator endpointConfigurator,
            IConsumerConfigurator<AskedConsumer> consumerConfigurator,
            IRegistrationContext context)
        {
            base.ConfigureConsumer(endpointConfigurator, consumerConfigurator, context);
            // The harness publishes what it asks.
            endpointConfigurator.ConfigureConsumeTopology = true;
        }
    }

    private sealed class DurableDefinition() :
        DurableConsumerDefinition<Durably<AskedConsumer, ModelsRequested>>("asked-durable", Options.Create(new DurableOptions()));

    private sealed class AskedConsumer(AnswerPipeline pipeline) : IConsumer<ModelsRequested>, IDurableConsumer<ModelsRequested>
    {
        public Task Consume(ConsumeContext<ModelsRequested> context) => AnswerAsync(context, isAwaited: true);

        public Task ConsumeDurablyAsync(ConsumeContext<ModelsRequested> context) => AnswerAsync(context, isAwaited: false);

        private Task AnswerAsync(ConsumeContext<ModelsRequested> context, bool isAwaited)
        {
            var question = new Question<ModelInfo>(
                new CacheKey("BTC", "test"), AsOf: null, Deadline.None, TimeSpan.FromMinutes(1), ContractsJson.Body.ModelInfo, _ => new ModelsReported("w", []))
            {
                IsAwaited = isAwaited,
            };
            return pipeline.AnswerAsync(
                context,
                question,
                (_, _, _) => Task.FromResult<Result<ModelInfo>>(new ModelInfo("BTC", ModelInfo.NotTrained, "N/A", null, null, null, null, null)));
        }
    }

    private sealed class Refuse<T> : IFilter<PublishContext<T>> where T : class
    {
        public Task Send(PublishContext<T> context, IPipe<PublishContext<T>> next) => throw new IOException("the broker is unavailable");

        public void Probe(ProbeContext context)
        {
        }
    }
}
