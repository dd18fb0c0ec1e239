using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Hosting.Clock;
using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Hosting.Keys;
using Coinsphere.Messaging.Hosting.Messaging;
using Coinsphere.Messaging.Hosting.Telemetry;
using Coinsphere.Messaging.Worker.Alerts;
using Coinsphere.Messaging.Worker.Consumers;
using Coinsphere.Messaging.Worker.Events;
using Coinsphere.Messaging.Worker.Health;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.Models;
using Coinsphere.Messaging.Worker.Scheduling;
using Coinsphere.Messaging.Worker.Serving;
using Coinsphere.Messaging.Worker.Storage;
using Coinsphere.Messaging.Worker.Training;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker;

/// <summary>Adds the worker to a host: a process of its own, or one together with a gateway.</summary>
public static class WorkerHost
{
    /// <summary>Adds what the worker needs, except its bus.</summary>
    public static void AddWorker(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSymbols();
        services.AddClusterClock();
        services.AddResultCache(builder.Configuration);
        services.AddPrices(builder.Configuration);
        services.AddSentiment();
        services.AddModelFiles();
        services.AddSingleton<Replies>();
        services.AddSingleton<RefusalLog>();
        services.AddAudit(builder.Configuration);
        var trainer = services.AddRetraining(builder.Configuration);
        if (trainer == TrainerRole.Only)
        {
            if (FeedScheduling.HasFeed(builder.Configuration))
            {
                throw new SettingException("Feed:Source is set, and Retraining:Role is Only: expected a worker that answers to fetch bars");
            }

            services.AddSingleton(new WorkerRoles(Answers: false, Writes: false, Trains: true));
            services.AddHealthFile();
            return;
        }

        // A trainer creates the folder. A worker that does not train needs an existing one to answer predictions.
        services.AddSingleton<IValidateOptions<ModelsOptions>, ModelsOptionsValidator>();
        var (writes, keepsRecords) = services.AddDatabase(builder.Configuration);
        services.AddSingleton<ReportedKeys>();
        if (keepsRecords)
        {
            services.AddSingleton<AccuracyAlarm>();
            services.AddHostedService<RecordRetention>();
            services.AddSingleton<OutcomeReporter>();
            services.AddHostedService<OutcomeScorer>();
        }

        services.AddAlerts(keepsRecords);
        services.AddFeed(builder.Configuration, writes);
        services.AddPredictionSchedule();
        services.AddSingleton(new WorkerRoles(Answers: true, writes, Trains: trainer != TrainerRole.None) { KeepsRecords = keepsRecords });
        services.AddSingleton<NewestBars>();
        services.AddSingleton<BarCache>();
        services.AddSingleton<PriceHistory>();
        services.AddSingleton<SentimentHistory>();
        services.AddSingleton<ModelTrial>();
        services.AddSingleton<ModelStore>();
        services.AddSingleton<Predictor>();
        services.AddSingleton<RiskAnalyst>();
        services.AddSingleton<PortfolioAnalyst>();
        services.AddSingleton<Backtester>();
        services.AddOptions<DurableOptions>().BindConfiguration(DurableOptions.Section).ValidateSection(DurableOptions.Section);
        services.AddSingleton<ForwardPasses>();
        services.AddSingleton<MeasuredAccuracy>();
        services.AddSingleton<CacheVersions>();
        services.AddSingleton<ComputingThreads>();
        services.AddSingleton<SingleFlight>();
        services.AddSingleton<AnswerPipeline>();
        services.AddSingleton<Deadlines>();
        services.AddSingleton<PlainEvents>();
        services.AddSingleton<CompletionPublisher>();
        services.AddHostedService(provider => provider.GetRequiredService<CompletionPublisher>());
        services.AddHealthFile();
        services.AddTally();
        // Before the bus, so that the models are loaded when the first request arrives.
        services.AddHostedService<ModelWatcher>();
        services.AddHostedService<ModelReporter>();
        services.AddHostedService<AgeReporter>();
    }

    /// <summary>Adds the worker's consumers to a bus; call <see cref="AddWorker"/> first.</summary>
    public static void RegisterWorker(this IBusRegistrationConfigurator bus)
    {
        bus.AddConfigureEndpointsCallback((context, name, endpoint) => endpoint.AnswerWhatCannotBeRead(context, name));
        var roles = bus.Select(service => service.ImplementationInstance).OfType<WorkerRoles>().Single();
        if (roles.Trains)
        {
            bus.AddConsumer<RetrainConsumer, RetrainConsumerDefinition>();
        }

        if (!roles.Answers)
        {
            return;
        }

        bus.AddConsumer<PredictConsumer, PredictConsumerDefinition>();
        bus.AddConsumer<EnsemblePredictConsumer, EnsemblePredictConsumerDefinition>();
        bus.AddConsumer<RiskConsumer, RiskConsumerDefinition>();
        bus.AddConsumer<PortfolioRiskConsumer, PortfolioRiskConsumerDefinition>();
        bus.AddConsumer<Durably<PredictConsumer, PredictRequested>, DurablePredictConsumerDefinition>();
        bus.AddConsumer<Durably<RiskConsumer, RiskRequested>, DurableRiskConsumerDefinition>();
        bus.AddConsumer<ModelsConsumer, ModelsConsumerDefinition>();
        bus.AddConsumer<PricesConsumer, PricesConsumerDefinition>();
        bus.AddConsumer<RecordsConsumer, RecordsConsumerDefinition>();
        bus.AddConsumer<BacktestConsumer, BacktestConsumerDefinition>();
        bus.AddConsumer<AlertsConsumer, AlertsConsumerDefinition>();
        bus.AddConsumer<ModelUpdatedConsumer>().Endpoint(endpoint => endpoint.ForThisProcess(ProcessEndpoints.ModelUpdated));
        bus.AddConsumer<CacheClearConsumer>().Endpoint(endpoint => endpoint.ForThisProcess(ProcessEndpoints.CacheClear));
        if (roles.Writes)
        {
            bus.AddConsumer<PriceBarConsumer, PriceBarConsumerDefinition>();
        }

        if (roles.KeepsRecords)
        {
            bus.AddConsumer<PredictionRecordConsumer, PredictionRecordConsumerDefinition>();
            bus.AddConsumer<AlertEventsConsumer, AlertEventsConsumerDefinition>();
        }
    }
}
