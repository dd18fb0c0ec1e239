using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Worker.Consumers;
using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Coinsphere.Messaging.Worker.Training;

/// <summary>Registers training, in workers that train.</summary>
internal static class RetrainingServices
{
    /// <summary>Adds the options, and the trainer where the worker's role says so.</summary>
    public static TrainerRole AddRetraining(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<RetrainingOptions>().BindConfiguration(RetrainingOptions.Section).ValidateSection(RetrainingOptions.Section);
        var role = configuration.GetValue($"{RetrainingOptions.Section}:{nameof(RetrainingOptions.Role)}", TrainerRole.None);
        if (role == TrainerRole.None)
        {
            return role;
        }

        services.AddSingleton<TrainingHistories>();
        services.AddSingleton<Promotion>();
        services.AddSingleton<Retrainer>();
        services.AddHostedService<RetrainSchedule>();
        return role;
    }

    /// <summary>Adds the consumer, where <see cref="AddRetraining"/> has added its services.</summary>
    public static void RegisterRetraining(this IBusRegistrationConfigurator bus)
    {
        if (bus.Any(service => service.ServiceType == typeof(Retrainer)))
        {
            bus.AddConsumer<RetrainConsumer, RetrainConsumerDefinition>();
        }
    }
}
