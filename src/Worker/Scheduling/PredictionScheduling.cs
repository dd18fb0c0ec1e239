using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Worker.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Scheduling;

/// <summary>Registers scheduled predictions.</summary>
internal static class PredictionScheduling
{
    /// <summary>Adds the options and the schedule. Needs the prices, the symbols and the cache; uses the records database where there is one.</summary>
    public static void AddPredictionSchedule(this IServiceCollection services)
    {
        services.AddOptions<ScheduleOptions>().BindConfiguration(ScheduleOptions.Section).ValidateSection(ScheduleOptions.Section);
        services.AddSingleton<IValidateOptions<ScheduleOptions>, ScheduleOptionsValidator>();
        services.AddSingleton<IScheduleRuns>(
            provider => provider.GetService<IRecordsDatabase>() is { } database ? new DatabaseRuns(database) : new MemoryRuns());
        services.AddSingleton<ScheduledQuestions>();
        services.AddHostedService<PredictionSchedule>();
    }
}
