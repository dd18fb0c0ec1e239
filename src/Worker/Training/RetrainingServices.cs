using Coinsphere.Messaging.Hosting.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Coinsphere.Messaging.Worker.Training;

/// <summary>Registers training, in workers that train.</summary>
internal static class RetrainingServices
{
    /// <summary>Adds the steps of a training and their options. Prices, sentiment and model files are registered separately.</summary>
    public static void AddTraining(this IServiceCollection services)
    {
        services.AddOptions<RetrainingOptions>().BindConfiguration(RetrainingOptions.Section).ValidateSection(RetrainingOptions.Section);
        services.AddSingleton<TrainingHistories>();
        services.AddSingleton<Promotion>();
        services.AddSingleton<VolatilityRefit>();
        services.AddSingleton<NetworkTraining>();
    }

    /// <summary>Adds the options, and the trainer where the worker's role says so.</summary>
    public static TrainerRole AddRetraining(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddTraining();
        var role = configuration.GetValue($"{RetrainingOptions.Section}:{nameof(RetrainingOptions.Role)}", TrainerRole.None);
        if (role == TrainerRole.None)
        {
            return role;
        }

        services.AddSingleton<Retrainer>();
        services.AddHostedService<RetrainSchedule>();
        return role;
    }
}
