using Coinsphere.Messaging.Hosting.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Alerts;

/// <summary>Registers alert rules and their evaluation, where the worker keeps records.</summary>
internal static class AlertServices
{
    /// <param name="services">The worker's services.</param>
    /// <param name="keepsRecords">Whether the worker keeps records. Without them it has no rules.</param>
    public static IServiceCollection AddAlerts(this IServiceCollection services, bool keepsRecords)
    {
        services.AddOptions<AlertsOptions>().BindConfiguration(AlertsOptions.Section).ValidateSection(AlertsOptions.Section);
        services.AddSingleton<IValidateOptions<AlertsOptions>, AlertsOptionsValidator>();
        if (!keepsRecords)
        {
            return services;
        }

        services.AddSingleton<AlertStore>();
        services.AddSingleton<AlertRuleStore>();
        services.AddSingleton<DeliveryStore>();
        services.AddSingleton<DeliverySignal>();
        services.AddSingleton<WebhookSender>();
        services.AddSingleton<AlertEvaluator>();
        services.AddSingleton<RuleBook>();
        services.AddHostedService(provider => provider.GetRequiredService<RuleBook>());
        services.AddHostedService<AlertDeliverer>();
        services.AddHostedService<AlertClock>();
        return services;
    }
}
