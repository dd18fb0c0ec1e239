using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Hosting.Configuration;

/// <summary>Validates the options of a section by their annotations.</summary>
public static class SectionValidation
{
    /// <summary>
    /// Checks the options at start. A wrong value stops the process with a message that has the key and the value; an unknown key is a warning.
    /// </summary>
    public static OptionsBuilder<T> ValidateSection<T>(this OptionsBuilder<T> options, string section) where T : class
    {
        options.Services.AddSingleton<IValidateOptions<T>>(new Annotations<T>(section));
        options.Services.AddSingleton(SettingSection.Of<T>(section));
        return options.ValidateOnStart();
    }

    private sealed class Annotations<T>(string section) : IValidateOptions<T> where T : class
    {
        public ValidateOptionsResult Validate(string? name, T options)
        {
            var faults = new List<ValidationResult>();
            return Validator.TryValidateObject(options, new ValidationContext(options), faults, validateAllProperties: true)
                ? ValidateOptionsResult.Success
                : ValidateOptionsResult.Fail(faults.SelectMany(fault => fault.MemberNames.Select(member =>
                    $"{section}:{member} is '{typeof(T).GetProperty(member)?.GetValue(options)}': {Expected(member) ?? fault.ErrorMessage}")));
        }

        // Instead of the annotation's own message, which names the property.
        private static string? Expected(
            string member) => typeof(T).GetProperty(member)?.GetCustomAttributes(inherit: true).OfType<ValidationAttribute>().FirstOrDefault() switch
            {
                RangeAttribute { ErrorMessage: null } range => $"expected {range.Minimum} to {range.Maximum}",
                RequiredAttribute { ErrorMessage: null } => "expected a text",
                _ => null,
            };
    }
}
