using Coinsphere.Messaging.Forecasting.Checkpoints.Pickle;

namespace Coinsphere.Messaging.Forecasting.Checkpoints;

// What a file holds beside the model. It never keeps the model from being read; people see it named.
public static partial class CheckpointReader
{
    private const int MaxUnreadNames = 20;

    private static readonly HashSet<string> ReadKeys = new(StringComparer.Ordinal)
    {
        "scaler", "config", "metadata", "epoch", "best_val_loss", "best_val_accuracy",
    };

    /// <summary>The entries of the file of which nothing is used, by their keys; with what they are where that surprises.</summary>
    private static List<string> DescribeUnread(PickleDict root, StateDict state, NetworkTensors tensors, WindowSettings window)
    {
        var unread = new List<string>();
        foreach (var key in state.Key is null ? tensors.Unread : [.. root.Keys])
        {
            var value = root.Get(key);
            if (value is null || key == state.Key || IsUsed(window.LengthKey, key) || IsUsed(window.FeaturesKey, key)
                || (ReadKeys.Contains(key) && !(key == "scaler" && IsGradientScaler(value))))
            {
                continue;
            }

            unread.Add(Shown(key) + value switch
            {
                PickleObject made => $" (an object of {made.Made.Quoted})",
                PickleGlobal global => $" (the global {global.Quoted})",
                PickleDict when key == "scaler" => " (the state of a GradScaler)",
                _ => "",
            });
        }

        if (state.Key is { } weights)
        {
            unread.AddRange(tensors.Unread.Select(name => $"{weights}[{SourceLocation.Quote(name)}]"));
        }

        return unread.Count <= MaxUnreadNames ? unread : [.. unread[..MaxUnreadNames], $"{unread.Count - MaxUnreadNames} more"];
    }

    /// <summary>Whether a setting was found under a key of the file.</summary>
    private static bool IsUsed(string? setting, string key) => setting is not null && setting.StartsWith(Shown(key), StringComparison.Ordinal)
        && (setting.Length == Shown(key).Length || setting[Shown(key).Length] is '[' or '.');

    private static string Shown(string key) => SourceLocation.Quote(key)[1..^1];

    /// <summary>The state of <c>torch.cuda.amp.GradScaler</c>, which trainers store under the same key: it scales losses, not features.</summary>
    private static bool IsGradientScaler(object? value) =>
        value is PickleDict dict && dict.TryGet("growth_factor", out _) && dict.TryGet("backoff_factor", out _)
        && !dict.TryGet("mean", out _) && !dict.TryGet("std", out _);
}
