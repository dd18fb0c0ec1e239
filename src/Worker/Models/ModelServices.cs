using Coinsphere.Messaging.Forecasting.Lstm;
using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Onnx;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Models;

/// <summary>Registers what reads models.</summary>
internal static class ModelServices
{
    /// <summary>Adds the options, the folder, and the reader with its engine.</summary>
    public static void AddModelFiles(this IServiceCollection services)
    {
        services.AddOptions<ModelsOptions>().BindConfiguration(ModelsOptions.Section).ValidateSection(ModelsOptions.Section);
        services.AddSingleton<IValidateOptions<ModelsOptions>, EngineValidator>();
        services.AddSingleton<CheckpointFolder>();
        services.AddSingleton<IEngine>(provider => Engines.Load(provider.GetRequiredService<IOptions<ModelsOptions>>().Value.Engine));
        services.AddSingleton(new OnnxEngine(OnnxLimits.Default));
        services.AddSingleton<ModelReader>();
        services.AddSingleton<VolatilityStore>();
    }
}
